namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>One API as the vendor's pages and recorded answers tell it, transcribed here by hand.</summary>
/// <param name="Columns">In the vendor's order: <c>name</c> text, <c>name!</c> integer, <c>name#</c> number; <c>-</c> hidden.</param>
/// <param name="Cap">Rows in one answer.</param>
/// <param name="Ask">Parameters that give at least some rows.</param>
/// <param name="Missing">The refusal of a call without parameters; null where it is answered.</param>
/// <param name="Points">Of the account; 99999 for what is bought.</param>
public sealed record VendorApi(
    string Name,
    int Cap,
    int Points,
    string Columns,
    string Ask = "",
    string? Missing = null
)
{
    public override string ToString() => Name;
}
