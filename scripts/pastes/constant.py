"""Makes what a tool printed the same on every day and machine: dates, ports, names, paths, random values."""

import re

# An NTLM answer (type 3) of CORP\\ada, as curl sent it once: its client challenge is random.
NTLM_ANSWER = (
    "TlRMTVNTUAADAAAAGAAYAEAAAABQAFAAWAAAAAgACACoAAAABgAGALAAAAAWABYAtgAAAAAAAAAAAAAABYKJoqfvJPUvrwyxKl8GrU8TcVU4SAmm10CzTTMHOIGZb/DW3AYereG+czAB"
    "AQAAAAAAAACBlYyTe90BOEgJptdAs00AAAAAAgAIAEMATwBSAFAAAQAMAEYASQBMAEUAUwAxAAAAAAAAAAAAQwBPAFIAUABhAGQAYQBXAE8AUgBLAFMAVABBAFQASQBPAE4A"
)
# The answer's Date in every recording, and how the tools write that moment.
DATE = "Mon, 05 Oct 2026 12:00:00 GMT"
HOME = "/home/ada"
# Some tools print whole object graphs; people paste the beginning.
LINES = 160

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
TIMES = [
    (rf"(?:{DAYS}), \d\d (?:{MONTHS}) \d{{4}} \d\d:\d\d:\d\d GMT", DATE),
    (rf"(?:{DAYS}) (?:{MONTHS}) [ \d]\d \d\d:\d\d:\d\d(\.\d+)? \d{{4}}", "Mon Oct  5 12:00:00.000000 2026"),
    (rf"\b\d\d/(?:{MONTHS})/\d{{4}}:\d\d:\d\d:\d\d\.\d+", "05/Oct/2026:12:00:00.000"),
    (rf"\b\d\d/(?:{MONTHS})/\d{{4}}:\d\d:\d\d:\d\d", "05/Oct/2026:12:00:00"),
    (rf"\b\d\d/(?:{MONTHS})/\d{{4}} \d\d:\d\d:\d\d", "05/Oct/2026 12:00:00"),
    (r"\b20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d([.,])\d+", r"2026-10-05\g<1>12:00:00\g<2>123"),
    (r"\b20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d", r"2026-10-05\g<1>12:00:00"),
    (r"\b20\d\d-\d\d-\d\dT\d\d_\d\d_\d\d_\d+Z", "2026-10-05T12_00_00_123Z"),
    (rf"(?:{MONTHS}) [ \d]\d \d\d:\d\d:\d\d \d{{4}} GMT", "Oct  5 12:00:00 2026 GMT"),
    (r"\b20\d\d/\d\d/\d\d \d\d:\d\d:\d\d", "2026/10/05 12:00:00"),
    (r"\b20\d{6}T\d{6}Z", "20261005T120000Z"),
    (r"\b20\d{6}(?=/[a-z0-9-]+/[a-z0-9]+/aws4_request)", "20261005"),
    (r"(?m)^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+", r"\g<1>1005 12:00:00.000000    4711"),
    (r"(?m)(?<![T \d])\d\d:\d\d:\d\d\.\d{6}", "12:00:00.000000"),
    (r'"ts":\s*\d+\.\d+', '"ts":1791201600.123'),
    (r"\b17[69]\d{7,8}\.\d+", "1791201600.123"),
    (r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--", "--2026-10-05 12:00:00--"),
]
RANDOM = [
    (r'cnonce="[^"]+"', 'cnonce="ZGVhZGJlZWY0MDE="'),
    (r'(?<=nc=00000001, )(?:qop=auth, )?response="[0-9a-f]{32}"', 'response="6629fae49393a05397450978507c4ef1"'),
    (r'(Digest [^\n]*response=")[0-9a-f]{32}', r"\g<1>6629fae49393a05397450978507c4ef1"),
    (r"Signature=[0-9a-f]{64}", "Signature=" + "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
    (r"(?i)(amz-sdk-invocation-id[:'\" ]+b?'?)[0-9a-f-]{36}", r"\g<1>0f7c3ef5-2b2c-4f9c-9f31-4e1d3b0a7a11"),
    (r"(?m)^[0-9a-f]{64}$", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
    (r'(oauth_nonce=\\?")\d+', r"\g<1>7201785932651791201600"),
    (r'(oauth_timestamp=\\?")\d+', r"\g<1>1791201600"),
    (r'(oauth_signature=\\?")[^"\\]+', r"\g<1>tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"),
    (r'("(?:time|send|wait|receive|connect|ssl|dns|blocked|onContentLoad|onLoad|_transferSize)":)-?[\d.]+', r"\g<1>1"),
    (r"(?m)^(1791201600\.123) +\d+ ", r"\g<1>      1 "),
    (r"_(?:asyncId|idleStart|startTime)\b[^\n]*|\[Symbol\((?:asyncId|triggerId|kState)[^\n]*", "_idle: 1,"),
    (r"(?m)^( +(?:wait|dns|tcp|request|firstByte|download|total)): \d+", r"\g<1>: 1"),
    (r"--:--:-- +[\d.]+k?$", "--:--:--  1000"),
    (r"0x[0-9a-f]{8,16}", "0x7f3a5c0e2d10"),
    (r"((?:NTLM|Negotiate) )TlRMTVNTUAAD\S+", rf"\g<1>{NTLM_ANSWER}"),
    (r"\b17[69]\d{10}\b", "1791201600123"),
    (r'("remote_port":")\d+', r"\g<1>52044"),
    (r"page@[0-9a-f]{32}", "page@1"),
    (r"(process \[?)\d+", r"\g<1>4711"),
    (r"(?i)linux[/# ]+\d+\.\d+[\w.-]*", lambda found: re.sub(r"[\d.]+[\w.-]*$", "6.1.0", found[0])),
    (r"Linux 6\.\d+\.\d+\S*", "Linux 6.1.0"),
    (r"\bpid \d+", "pid 4711"),
    (r":tid \d+", ":tid 4712"),
    (r"\b(nginx|squid|haproxy)\[\d+\]", r"\g<1>[4711]"),
    (r"(?<=\n)(\d+)#\1: ", "4711#4711: "),
    (r"\] \d+#\d+: ", "] 4711#4711: "),
    (r'"duration":\s*[\d.e-]+', '"duration":0.001'),
    (r"\b\d+(\.\d+)? ?(ms|µs)\b", r"12\g<2>"),
    (r"in \d+ milliseconds", "in 12 milliseconds"),
]


def constant(text, hosts, folders):
    """`hosts` maps `address:port` to a name; `folders` maps a path of this machine to one of Ada's."""
    for folder, name in sorted(folders.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(folder, name)
    for address, name in hosts.items():
        port = address.rpartition(":")[2]
        name, _, shown = name.partition(":")
        shown = shown or "80"
        text = re.sub(rf"Trying 127\.0\.0\.1:{port}\.\.\.", f"Trying 192.0.2.10:{shown}...", text)
        text = re.sub(rf"Connected to (127\.0\.0\.1|localhost) \(127\.0\.0\.1\) port {port}", f"Connected to {name} (192.0.2.10) port {shown}", text)
        name = name if shown in ("80", "443") else f"{name}:{shown}"
        text = text.replace(f"127.0.0.1:{port}", name).replace(f"localhost:{port}", name)
        text = text.replace(f"host='127.0.0.1', port={port}", f"host='{name}', port={shown}")
        text = re.sub(rf"\b(api|login)\.example\.(com|org):{port}\b", r"\g<1>.example.\g<2>", text)
        text = re.sub(rf"\b{port}\b", shown, text)
    text = re.sub(r"\b127\.0\.0\.1:\d{5}\b", "192.0.2.44:52044", text)
    text = text.replace("to host 127.0.0.1 left", "to host api.example.com left").replace("with host 127.0.0.1", "with host api.example.com")
    text = re.sub(r"\b127\.0\.0\.1\b|\[?::1\]?(?=[: )])", "192.0.2.10", text)
    for pattern, value in TIMES + RANDOM:
        text = re.sub(pattern, value, text)
    # Terminals, not files: no colours, no carriage returns that overwrite a line.
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\x08", "")
    text = re.sub(r"\r+\n", "\n", text)
    text = re.sub(r"[^\n]*\r(?!\n)", "", text)
    lines = re.sub(r"[ \t]+\n", "\n", text).rstrip().split("\n")
    return "\n".join(lines[:LINES]) + "\n"
