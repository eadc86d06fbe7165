"""A real mail server for the seller's own mailboxes: Dovecot, on loopback, until it is stopped."""

import contextlib
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

DOVECOT = Path("/usr/sbin/dovecot")
DOVEADM = Path("/usr/bin/doveadm")
PASSWORD = "box"
FOLDERS = ("Archive", "Drafts", "Junk", "Sent", "Trash")

_COMMON = """
base_dir = {folder}/run
state_dir = {folder}/run
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
listen = 127.0.0.1
auth_failure_delay = 0
log_path = {folder}/log
protocols = imap pop3
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  client_limit = 1000
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
{folders}
}}
"""
_OLD = """
mail_location = sdbox:~/mail
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
"""
#: Dovecot 2.4 renamed its settings and wants to be told the version first.
_NEW = """
mail_driver = sdbox
mail_path = ~/mail
auth_allow_cleartext = yes
ssl = yes
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
mail_max_userip_connections = 100
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/home/%{{user}}
  }}
}}
"""


def is_available():
    """Tell whether Dovecot is on this machine (Debian: dovecot-imapd and dovecot-pop3d)."""
    return DOVECOT.exists()


class MailServer:
    """Dovecot with a mailbox for any user name, started by ``with``; the password is always :data:`PASSWORD`.

    It runs as the present user, or as ``nobody`` when that is root. Mails lie in a folder that goes with it.
    """

    def __init__(self):
        self.host = "127.0.0.1"
        self._process = None

    def start(self):
        """Start the server, wait until it answers, and return it."""
        if not is_available():
            raise RuntimeError("Dovecot is missing: run dev/setup first.")
        self.imap_port, self.imaps_port, self.pop_port = _free_ports(3)
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        (self.folder / "home").mkdir()
        self._write_certificate()
        self._write_config()
        owner = {"user": self._user[0], "group": self._user[1]} if os.getuid() == 0 else {}
        if owner:
            self._own()
        command = [DOVECOT, "-F", "-c", self.folder / "dovecot.conf"]
        log = (self.folder / "out").open("wb")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **owner)
        self._wait()
        return self

    def stop(self):
        """Stop the server and forget all mails."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()

    # === WHAT MAIL SERVERS AND PEOPLE DO === #

    def deliver(self, *raws, user="shop", folder="INBOX", date=None):
        """Put raw mails into a folder as unread.

        :param datetime date: aware; when the server got them, now by default.
        """
        with self.open(user) as connection:
            for raw in raws:
                moment = imaplib.Time2Internaldate(date or datetime.now(timezone.utc))
                _check(connection.append(folder, None, moment, raw))

    @contextlib.contextmanager
    def open(self, user="shop", folder=None):
        """Yield an IMAP connection of a person who reads this mailbox too."""
        connection = imaplib.IMAP4(self.host, self.imap_port, timeout=30)
        try:
            _check(connection.login(user, PASSWORD))
            if folder:
                _check(connection.select(folder))
            yield connection
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                connection.logout()

    def flags(self, user="shop", folder="INBOX"):
        """Return {uid: flags} of a folder, as a person sees them."""
        with self.open(user, folder) as connection:
            _type, lines = connection.uid("FETCH", "1:*", "(FLAGS)")
        found = {}
        for line in lines:
            if not line or b"UID " not in line:  # somebody else changed a flag meanwhile
                continue
            uid = int(line.split(b"UID ")[1].split()[0].rstrip(b")"))
            found[uid] = frozenset(imaplib.ParseFlags(line)) - {b"\\Recent"}
        return found

    def move(self, uids, folder, user="shop", source="INBOX"):
        """Move mails to another folder."""
        with self.open(user, source) as connection:
            _check(connection.uid("MOVE", ",".join(map(str, uids)), folder))

    def renumber(self, user="shop", folder="INBOX"):
        """Give a folder another UIDVALIDITY, as a server does that was restored or moved."""
        self._doveadm("mailbox", "update", "--uid-validity", str(int(time.time()) + 1), folder, user=user)

    def corrupt(self, uid, user="shop", folder="INBOX"):
        """Damage a mail on the server's disk so that it can't be fetched any more."""
        path = self.folder / f"home/{user}/mail/mailboxes/{folder}/dbox-Mails/u.{uid}"
        path.write_bytes(b"\0" * path.stat().st_size)
        self._own()

    # === PARTS === #

    @property
    def _user(self):
        return ("nobody", "nogroup") if os.getuid() == 0 else (os.getuid(), os.getgid())

    def _own(self):
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, *self._user)

    def _doveadm(self, *arguments, user):
        command = [DOVEADM, "-c", self.folder / "dovecot.conf", *arguments[:2], "-u", user, *arguments[2:]]
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _write_config(self):
        import grp
        import pwd

        version = subprocess.run([DOVECOT, "--version"], check=True, capture_output=True, text=True).stdout.split()[0]
        root = os.getuid() == 0
        account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        values = {
            "folder": self.folder,
            "user": account.pw_name,
            "group": grp.getgrgid(account.pw_gid).gr_name,
            "uid": account.pw_uid,
            "gid": account.pw_gid,
            "imap": self.imap_port,
            "imaps": self.imaps_port,
            "pop": self.pop_port,
            "password": PASSWORD,
            "folders": "\n".join(_folder(name) for name in FOLDERS),
        }
        lines = ["first_valid_uid = 1", _COMMON.format(**values)]
        if tuple(map(int, version.split(".")[:2])) < (2, 4):
            lines.append(_OLD.format(**values))
        else:
            said = ".".join(version.split("-")[0].split(".")[:3])
            lines.insert(0, f"dovecot_config_version = {said}\ndovecot_storage_version = {said}")
            lines.append(_NEW.format(**values))
        (self.folder / "dovecot.conf").write_text("\n".join(lines))

    def _write_certificate(self):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.sandbox.example")])
        now = datetime.now(timezone.utc)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        (self.folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
        plain = serialization.NoEncryption()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        (self.folder / "key.pem").write_bytes(private)

    def _wait(self):
        deadline = time.monotonic() + 20
        while True:
            try:
                with self.open("nobody"):
                    return
            except (OSError, imaplib.IMAP4.error) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    said = [path.read_text() for path in (self.folder / "out", self.folder / "log") if path.exists()]
                    self.stop()
                    raise RuntimeError(f"Dovecot does not start ({error}): {' '.join(said)[-2000:]}") from error
                time.sleep(0.05)


def _folder(name):
    use = "" if name == "Archive" else f"    special_use = \\{name}\n"
    return f"  mailbox {name} {{\n    auto = create\n{use}  }}"


def _check(answer):
    kind, data = answer
    if kind != "OK":
        raise RuntimeError(f"The mail server refuses: {data}")
    return data


def _free_ports(count):
    sockets = [socket.socket() for _number in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
