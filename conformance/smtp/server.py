"""A real SMTP server for the tests of sending mail, on a free port of 127.0.0.1.

    server.py CA_FILE [--tls starttls|tls|none] [--user NAME --password WORD] [--hide-starttls]

It makes a certificate authority, writes its certificate to CA_FILE, and speaks
SMTP with a certificate of that authority for `localhost` and `127.0.0.1`. It prints
one JSON line when it is ready, one for each message that it takes, and ends when
its standard input closes.

A recipient's local part decides what becomes of a message: `refused` gets 550 and
`later` 451 at RCPT, `spam` gets 554 after DATA, `silent` gets no answer at all.
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings
from email.utils import parseaddr

import trustme
from aiosmtpd.smtp import SMTP, AuthResult


def say(what):
    print(json.dumps(what), flush=True)


def received(server, session, envelope):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    parts = {
        part.get_content_type(): part.get_content()
        for part in message.walk()
        if not part.is_multipart()
    }
    login = session.auth_data.login.decode() if session.auth_data else None
    return {
        "mail_from": envelope.mail_from,
        "rcpt_tos": envelope.rcpt_tos,
        "hello": session.host_name,
        "peer": session.peer[1],
        "encrypted": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
        "login": login,
        "from": parseaddr(message["From"]),
        "headers": [[name, str(value)] for name, value in message.items()],
        "content_type": message.get_content_type(),
        "parts": parts,
        "raw": envelope.content.decode("ascii", "backslashreplace"),
    }


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 5.1.1 Nobody here by that name"
        if name == "later":
            return "451 4.3.0 Come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "silent":
            await asyncio.get_running_loop().create_future()
        if name == "spam":
            return "554 5.7.1 Not wanted"
        say(received(server, session, envelope))
        return "250 2.0.0 Taken"


def certificate(ca_file):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        if (data.login.decode(), data.password.decode()) == (user, password):
            return AuthResult(success=True, auth_data=data)
        # A careless server repeats the password, so that the tests see it kept out of errors.
        word = data.password.decode()
        return AuthResult(
            success=False,
            handled=False,
            message=f"535 5.7.8 {data.login.decode()} may not enter with {word!r}",
        )

    return check


async def serve(options):
    context = certificate(options.ca_file)
    settings = {"hostname": "smtp.test", "enable_SMTPUTF8": False}
    if options.tls == "starttls" and not options.hide_starttls:
        settings.update(tls_context=context, require_starttls=True)
    if options.user:
        settings.update(
            authenticator=authenticator(options.user, options.password),
            auth_required=True,
            auth_require_tls=options.tls == "starttls",
        )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), loop=loop, **settings),
        "127.0.0.1",
        0,
        ssl=context if options.tls == "tls" else None,
    )
    say({"ready": True, "port": server.sockets[0].getsockname()[1]})
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("ca_file")
    options.add_argument("--tls", choices=["starttls", "tls", "none"], default="starttls")
    options.add_argument("--hide-starttls", action="store_true")
    options.add_argument("--user")
    options.add_argument("--password")
    # Clients that hang up or distrust the certificate are what the tests are about.
    logging.disable()
    warnings.simplefilter("ignore")
    try:
        asyncio.run(serve(options.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
