namespace Tidemark.Core.Markets;

/// <summary>An exchange in all its spellings.</summary>
/// <param name="Code">The one code of calendars, warehouse tables and rules: <c>XSHG</c>.</param>
/// <param name="VendorCode">
/// What Tushare calls it in parameters and columns: <c>SSE</c>; null where it does not serve it.
/// </param>
/// <param name="Suffix">The part of a symbol behind its dot: <c>SH</c>; null where symbols have none.</param>
/// <param name="Aliases">Other spellings that people and programs use before or behind a symbol, upper-case.</param>
/// <param name="CodeLength">Digits of its symbols; 0 where they are not all of one length.</param>
public sealed record Exchange(
    string Code,
    string? VendorCode,
    string? Suffix,
    IReadOnlyList<string> Aliases,
    int CodeLength
);
