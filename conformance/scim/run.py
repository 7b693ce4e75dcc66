"""scim2-tester (PyPI) against the demo: discovery, then everything it knows of Users."""

import json
import os
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Mutability, ResourceType, Schema, ScimProvider
from scim2_tester import Status, check_server

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACCESS = "urn:latchkey:params:scim:schemas:extension:access:1.0:User"
INVITATION = "urn:latchkey:params:scim:schemas:extension:invitation:1.0:User"

# The tester makes up a random value for every attribute that may be written. These have values that must exist or that
# have a meaning beyond their type, so it is told that they are read-only. Discovery is checked with nothing left out.
LEFT_OUT = {
    (USER, "roles"): "a member has exactly one role: removing it cannot leave none",
    (ENTERPRISE, "manager"): "`value` must be a member of the account; the tester makes up an id",
    (ACCESS, "permissionSets"): "`value` must be a permission set of the account; the tester makes up an id",
    (ACCESS, "overrides"): "`permission` must be in a catalogue, and the token needs the scope",
    (INVITATION, "application"): "must be an application of the account; the tester makes up a name",
}
FAILED = (Status.ERROR, Status.CRITICAL)


def connect(token, provider=None):
    """A client of the tester's, for one account's token."""
    http = Client(base_url=token["url"], headers={"Authorization": f"Bearer {token['token']}"})
    return SyncSCIMClient(http, provider=provider) if provider else SyncSCIMClient(http)


def described(client):
    """What the server publishes, with the attributes of LEFT_OUT marked read-only."""
    schemas = client.query(Schema).resources
    unused = set(LEFT_OUT)
    for schema in schemas:
        for attribute in schema.attributes:
            if (schema.id, attribute.name) in LEFT_OUT:
                attribute.mutability = Mutability.read_only
                unused.discard((schema.id, attribute.name))
    if unused:
        raise SystemExit(f"left out, but in no schema: {sorted(unused)}")
    types = client.query(ResourceType).resources
    config = client.provider.config
    return ScimProvider.from_discovery(schemas, types, config, client.provider.policy)


def report(results):
    """Prints each result that says something and answers how many passed and failed."""
    ran = [result for result in results if result.status is not Status.SKIPPED]
    for result in ran:
        if result.status in FAILED or result.status is Status.DEVIATION:
            print(f"{result.status.name}  {result.title}: {result.reason}\n        {str(result.data)[:600]}")
    counts = {status.name: sum(r.status is status for r in ran) for status in Status}
    print(", ".join(f"{count} {name.lower()}" for name, count in counts.items() if count))
    failed = sum(result.status in FAILED for result in ran)
    return len(ran) - failed, failed


token = json.load(open(os.environ["LATCHKEY_DEMO"], encoding="utf-8"))["scim"][0]

bare = connect(token)
print("discovery, with nothing left out:")
passed, failed = report(check_server(bare, include_tags={"discovery", "misc"}))

print("Users:")
for (schema, attribute), reason in LEFT_OUT.items():
    print(f"left out: {attribute} of {schema}: {reason}")
more, worse = report(check_server(connect(token, described(bare)), exclude_tags={"discovery"}, resource_types=["User"]))

print(f"{passed + more} passed, {failed + worse} failed")
sys.exit(1 if failed + worse or not passed or not more else 0)
