"""Calls an AKTools server the way its users do, and prints the table that they would have.

Written from a description of the server: GET {url}/api/public/{function}?{arguments} answers with a bare array of objects, which
users hand to pandas; what is not 200 raises. The private route wants the token that POST /auth/token gives.

Usage: public_api.py URL, with one call a line on stdin: {"function", "arguments", "private"}; one answer a line on stdout.
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request


def get(url, path, arguments, headers=None):
    query = "?" + urllib.parse.urlencode(arguments) if arguments else ""
    request = urllib.request.Request(f"{url}{path}{query}", headers=headers or {})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.loads(response.read().decode("utf-8"))


def login(url):
    form = urllib.parse.urlencode({"username": "akshare", "password": "akfamily"}).encode("ascii")
    with urllib.request.urlopen(urllib.request.Request(f"{url}/auth/token", data=form), timeout=60) as response:
        return json.loads(response.read().decode("utf-8"))


def answer(url, call):
    if call.get("private"):
        token = login(url)
        headers = {"Authorization": f"{token['token_type'].capitalize()} {token['access_token']}"}
        return get(url, f"/api/private/{call['function']}", call["arguments"], headers)
    return get(url, f"/api/public/{call['function']}", call["arguments"])


def main():
    url = sys.argv[1].rstrip("/")
    for line in sys.stdin:
        call = json.loads(line)
        try:
            rows = answer(url, call) if call["function"] else [get(url, "/version", {})]
            columns = list(rows[0]) if rows else []
            if any(list(row) != columns for row in rows):
                raise AssertionError("rows of one answer have different columns")
            print(json.dumps({"columns": columns, "rows": rows}, ensure_ascii=False), flush=True)
        except urllib.error.HTTPError as error:
            print(json.dumps({"status": error.code, "error": error.read().decode("utf-8")}, ensure_ascii=False), flush=True)


main()
