"""scim2-tester (PyPI) against the demo: discovery, then everything it knows of Users."""

import json
import os
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Extension, Mutability, ResourceType, Schema, ScimProvider
from scim2_tester import Status, check_server
from scim2_tester.checkers import patch_add, patch_remove, patch_replace

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
    (INVITATION, "application"): "must be an application of the account; the tester makes up a name",
    (INVITATION, "language"): "must be a language tag; the tester makes up a text",
    (INVITATION, "resend"): "true is an act, not a value: it is refused for someone whom the tester has just suspended",
}

# These are added and replaced by the tester, but not removed: they always have a value.
ALWAYS_ASSIGNED = {
    (USER, "active"): "without a word of the provisioning side a member is active",
    (ACCESS, "mobileAccess"): "false unless given",
    (ACCESS, "emailReminders"): "false unless given",
}
FAILED = (Status.ERROR, Status.CRITICAL)


def connect(token, provider=None):
    """A client of the tester's, for one account's token."""
    http = Client(base_url=token["url"], headers={"Authorization": f"Bearer {token['token']}"})
    return SyncSCIMClient(http, provider=provider) if provider else SyncSCIMClient(http)


def described(client, left_out):
    """What the server publishes, with the attributes left out marked read-only."""
    schemas = client.query(Schema).resources
    unused = set(left_out)
    for schema in schemas:
        for attribute in schema.attributes:
            if (schema.id, attribute.name) in left_out:
                attribute.mutability = Mutability.read_only
                unused.discard((schema.id, attribute.name))
    if unused:
        raise SystemExit(f"left out, but in no schema: {sorted(unused)}")
    types = client.query(ResourceType).resources
    config = client.provider.config
    return ScimProvider.from_discovery(schemas, types, config, client.provider.policy)


def written(value):
    """What a client writes of an extension and reads again: nothing read-only, nothing write-only, no missing value."""
    if not isinstance(value, Extension):
        return value
    kind = type(value)
    return {
        name: told
        for name in kind.model_fields
        if name != "schemas" and kind.get_field_annotation(name, Mutability) in (Mutability.read_write, Mutability.immutable)
        if (told := getattr(value, name)) is not None
    }


# The tester compares an extension as a whole with what it sent, and takes it for removed only when nothing is left of
# it. What the service alone says in there (such as `status`) was never sent and is never removed: it is not compared.
def compare_what_is_written():
    """Lets the tester compare extensions by what clients write."""
    equal, unassigned = patch_add.fields_equality, patch_remove._is_unassigned
    for module in (patch_add, patch_replace):
        module.fields_equality = lambda sent, told: equal(written(sent), written(told))
    patch_remove._is_unassigned = lambda told: written(told) == {} or unassigned(told)


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

def users(left_out, **tags):
    """Reports the checks of Users that the tags choose, with these attributes left out."""
    return report(check_server(connect(token, described(bare, left_out)), resource_types=["User"], **tags))


def tell(left_out, how):
    for (schema, attribute), reason in left_out.items():
        print(f"{how}: {attribute} of {schema}: {reason}")


compare_what_is_written()
print("Users:")
tell(LEFT_OUT, "left out")
more, worse = users(LEFT_OUT, exclude_tags={"discovery", "patch:remove"})
print("Users, PATCH remove:")
tell(ALWAYS_ASSIGNED, "not removed")
removed, kept = users(LEFT_OUT | ALWAYS_ASSIGNED, include_tags={"patch:remove"})

failed += worse + kept
print(f"{passed + more + removed} passed, {failed} failed")
sys.exit(1 if failed or not all((passed, more, removed)) else 0)
