using Tidemark.Bench.Lake;

// bench/lake [commit|open|view|compact|large …]: what the lake costs over DuckDB writing and reading the same rows, in
// one run. fsync is on for ours and off for DuckDB, which never calls it. Exit code 0 when every figure of
// CONTRIBUTING.md holds.
if (args is [LargeCompactFigure.ChildCommand, var lake])
{
    await LargeCompactFigure.CompactAsync(lake);
    return 0;
}

var report = new Report();
var all = args.Length == 0;
if (all || args.Contains("commit"))
{
    await CommitFigures.RunAsync(report);
}

if (all || args.Contains("open"))
{
    await OpenFigures.RunAsync(report);
}

if (all || args.Contains("view"))
{
    await OpenFigures.ViewAsync(report);
}

if (all || args.Contains("compact"))
{
    await CompactFigures.RunAsync(report);
}

if (all || args.Contains("large"))
{
    await LargeCompactFigure.RunAsync(report);
}

return report.AllHold ? 0 : 1;
