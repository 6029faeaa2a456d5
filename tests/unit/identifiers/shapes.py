"""Values of every kind, well written and otherwise, and Hypothesis strategies around them."""

from hypothesis import strategies as st

ADDRESSES = [
    "1.2.3.4", " 8.8.8.8 ", "8.8.8.8:443", '"8.8.8.8"', "8.8.8.8/32", "8.8.8.0/24", "08.8.8.8",
    "256.1.1.1", "1.2.3", "10.0.0.1", "100.64.0.1", "100.63.255.255", "100.128.0.0", "127.0.0.1",
    "169.254.1.1", "172.15.0.1", "172.16.0.1", "172.31.9.9", "172.32.0.1", "192.0.0.9", "192.0.1.1",
    "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.17.1.1", "198.18.0.1", "198.19.255.255", "198.20.0.0",
    "198.51.100.1", "198.51.101.1", "203.0.113.9", "203.0.114.1", "223.255.255.255", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255", "0.0.0.0", "0.1.2.3", "2a00:1450:4001:81b::200e",
    "2A00:1450:4001:081B:0:0:0:200E", "[2a00:1450:4001:81b::200e]:443", "2a00:1450::1",
    "2a00:1450:4001:81b:1:2:3:4", "2a00:1450:4001:81b::", "2a00:1450:4001:81b::/64", "2a00:1450:4001::/48",
    "2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "2001:0:1:2::1", "2001:4860:4860:1::8888",
    "2001:200:1:2::1", "2002:808:808:1::1", "2002:a00:1:1::1", "::ffff:8.8.8.8", "::ffff:10.0.0.1",
    "64:ff9b::8.8.8.8", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "3fff:1:2:3::1",
    "3fff:1000:2:3::1", "4000:1:2:3::1", "2a00::%eth0/64", "2a00:1:2:3::4::5", "2a00:1:2:3:4:5:6:7:8",
    "1.2.3.4, 5.6.7.8", "[1.2.3.4]", "localhost",
]  # fmt: skip
MAIL = [
    "john.smith92@example.com", "J.o.h.n+news@GoogleMail.com", "john@gmail.com", "...@gmail.com",
    "+x@gmail.com", "John <John@Example.COM>", "mailto:a@b.co", "a+b@corp.example", "a+b@outlook.com",
    "x@yandex.ru", "x@ya.ru", "пётр@почта.рф", "a@münchen.de", "a@xn--mnchen-3ya.de", "a@b", "a@@b.co",
    "@b.co", "a@", "a b@c.co", "a@b.c", "a@1.2.3.4", "a@localhost", "a@mail.invalid", "a@b..co", "a@b.co.",
    "a@-b.co", "İ@x.co", "ﬁ@x.co", "a＠b.co", "x" * 70 + "@b.co", "sales@mailinator.com", "mailinator.com",
    "gmail.com", "a4.a592", "a5", "9", "a0", "._-+?", "a.b+c.d@gmail.com", "a@protonmail.com",
    "ß@straße.de", "a@pm.me", "z+@hotmail.com", "a@x.internal", ".@00.aa", "a@.b.co", ".a@b.co",
]  # fmt: skip
PHONES = [
    "+15551234567", "+1 (555) 123-4567", "001 555 123 4567", "tel:+15551234567", "+442071838750",
    "+447700900123", "+4915112345678", "+8613812345678", "+5511912345678", "+39 06 1234 5678", "+0123",
    "+1", "555-1234", "phone", "+15555555555", "+10000000000", "+155512345xx", "+525512345678",
    "+5215512345678", "+999123456789", "+2348012345678", "+15551234567 ext. 9",
    "１２３４５６７", "+819012345678",
    "+336123456789", "+33612345678", "+49.00900123",
]  # fmt: skip
CARDS = [
    "pm_1Nf0aBcD9f3a", "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
    "4111111111111112", "378282246310005", "6011111111111117", "5555555555554444",
    "４１１１１１１１１１１１１１１１",
    "4111.1111.1111.1111", "'4111111111111111'", "1111111111111117", "411111", "42424242", "424242424",
    "000000", "Xt5EWLLDS7FJjR1c", "\u200b4111111111111111", "4222222222222", "6304000000000000000",
    "4111\t1111_1111\n1111", "{4111111111111111}",
]  # fmt: skip
DEVICES = [
    "00000000-0000-0000-0000-000000000000", "unknown", "NULL", "02:00:00:00:00:00", "02-00-00-00-00-00",
    "{A-b}", "3F2504E0-4F89-11D3-9A0C-0305E82C3301", "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
    "9774d56d682e549c", "aaaaaaaa", "a-a-a-a-a", "ffffffff-ffff", "dev_7f3a9c", "iPhone14,2",
    "03000200-0400-0500-0006-000700080009", "00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7", "1234567890",
    "simulator", "default_string", "0", "-", "{}", "un-known", "00000001", "device-id", "null-null",
    "_11111111111111",
]  # fmt: skip
CLIENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0",
    "Mozilla/5.0  (X11;\tLinux)", "curl/8.5.0", "771,4865-4866-4867,0-23-65281,29-23-24,0", "771,,,,",
    "e7d705a3286e19ea42f587b344ee6865", "E7D705A3286E19EA42F587B344EE6865",
    "t13d1516h2_8daaf6152771_02713d6af862", "sha256:abcdef", "ABCDEF0123456789", "deadbeef", "AS15169",
    "as 15169", "15169", "AS0", "AS23456", "AS4294967295", "AS4294967296", "AS65535", "٣٤", "ASN: 7",
    "WELCOME-2025", "welcome-2025", "ABCD", "0000", "null", "N/A", "hmac:0a1b2c3d:" + "ab" * 32,
    "unkeyed:" + "0f" * 32, "to be filled by O.E.M.", "e\u200b\u0301", "\ud800x\x00y",
]  # fmt: skip
EXAMPLES = ADDRESSES + MAIL + PHONES + CARDS + DEVICES + CLIENTS

anything = st.text(st.characters(exclude_categories=()), max_size=60)
"""Any text, lone surrogates included."""


@st.composite
def edited(draw: st.DrawFn) -> str:
    """An example with a piece replaced: near the shapes that matter."""
    text = draw(st.sampled_from(EXAMPLES))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 3)))
    piece = draw(st.text("0123456789abfxAZ.:@+-_/ %{}[]\n\u200bé", max_size=3) | anything)
    return text[:start] + piece + text[end:]


octets = st.lists(st.integers(0, 255), min_size=4, max_size=4).map(lambda parts: ".".join(map(str, parts)))
groups = st.lists(
    st.sampled_from(["0", "1", "db8", "2001", "2a00", "3fff", "81b", "00f", "2002"]), min_size=1, max_size=8
)
ipv6 = st.tuples(groups, groups).map(lambda two: ":".join(two[0]) + "::" + ":".join(two[1])) | groups.map(
    ":".join
)
numbers = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
mailboxes = st.from_regex(
    r"[a-z0-9.+_-]{1,12}@(gmail\.com|outlook\.com|ya\.ru|corp-1\.co\.uk)", fullmatch=True
)
tokens = st.from_regex(r"[A-Za-z0-9_.:=+/-]{1,40}", fullmatch=True)
values = st.sampled_from(EXAMPLES) | edited() | anything | octets | ipv6 | numbers | mailboxes | tokens
