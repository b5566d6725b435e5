// Reads Delta tables with ClickHouse: an implementation that shares nothing with Tidemark's.
// Usage: node read-delta.cjs < {"parent": "/abs/folder", "s3": {key, secret}?, "tables": [{"table", "path", "numbers": [columns], "texts": [columns]?}]}
// A path is an absolute folder or, with s3, http://endpoint/bucket/folder.
// Prints {"table": {"rows", "sums": [one a column, null when there is no value], "texts": [the distinct values of a column, in order]}, …}.
const { readFileSync } = require("node:fs");
const { Session } = require("chdb");

const request = JSON.parse(readFileSync(0, "utf8"));
const session = new Session(request.parent);
const quoted = (text) => "'" + text.replace(/\\/g, "\\\\").replace(/'/g, "\\'") + "'";
const named = (name) => "`" + name.replace(/`/g, "\\`") + "`";

const source = (path) =>
  path.startsWith("/")
    ? `deltaLakeLocal(${quoted(path)})`
    : `deltaLake(${[path, request.s3.key, request.s3.secret].map(quoted).join(", ")})`;

const answer = {};
for (const { table, path, numbers, texts = [] } of request.tables) {
  const sums = numbers.map((n, i) => `sum(toFloat64(${named(n)})) AS s${i}`);
  const values = texts.map((t, i) => `arraySort(groupUniqArray(toString(${named(t)}))) AS t${i}`);
  const sql = `SELECT ${["toUInt32(count()) AS n", ...sums, ...values].join(", ")} FROM ${source(path)}`;
  const row = JSON.parse(session.query(sql, "JSON")).data[0];
  answer[table] = { rows: row.n, sums: numbers.map((_, i) => row[`s${i}`]), texts: texts.map((_, i) => row[`t${i}`]) };
}

console.log(JSON.stringify(answer));
process.exit(0);
