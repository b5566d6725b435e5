"""Calls a Tushare server the way the published Python client does, and prints what that client would hand to its caller.

Written from a description of the client's behaviour: it posts {api_name, token, params, fields} as JSON to {url}/{api_name}, raises an
exception with `msg` when `code` is not 0, and otherwise makes a table from `data.items` with `data.fields` as its columns.

Usage: data_api.py URL, with one call a line on stdin: {"token", "api_name", "fields", "params"}; one answer a line on stdout.
"""

import json
import sys
import urllib.request


class DataApi:
    def __init__(self, url, token, timeout=30):
        self._url = url
        self._token = token
        self._timeout = timeout

    def query(self, api_name, fields="", **params):
        body = {"api_name": api_name, "token": self._token, "params": params, "fields": fields}
        request = urllib.request.Request(
            f"{self._url}/{api_name}",
            data=json.dumps(body).encode("utf-8"),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=self._timeout) as response:
            result = json.loads(response.read().decode("utf-8"))
        if result["code"] != 0:
            raise Exception(result["msg"])
        data = result["data"]
        return data["fields"], [dict(zip(data["fields"], item, strict=True)) for item in data["items"]]

    def __getattr__(self, name):
        return lambda fields="", **params: self.query(name, fields, **params)


def main():
    for line in sys.stdin:
        call = json.loads(line)
        pro = DataApi(sys.argv[1], call["token"])
        try:
            # Both spellings of the client: pro.daily(…) and pro.query('daily', …).
            columns, rows = getattr(pro, call["api_name"])(fields=call["fields"], **call["params"])
            if (columns, rows) != pro.query(call["api_name"], call["fields"], **call["params"]):
                raise AssertionError("the same call answered differently")
            print(json.dumps({"columns": columns, "rows": rows}), flush=True)
        except Exception as error:
            print(json.dumps({"error": str(error)}, ensure_ascii=False), flush=True)


main()
