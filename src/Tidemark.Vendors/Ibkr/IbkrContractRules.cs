using System.Globalization;

namespace Tidemark.Vendors.Ibkr;

/// <summary>
/// Checks a contract before a request is sent: a gateway would answer a wrong one late, with a number, or not at all.
/// </summary>
internal static class IbkrContractRules
{
    /// <summary>No option has a strike like this; a wrong unit has.</summary>
    public const double StrikeMax = 1e7;

    /// <summary>The fault of a contract; null where it has none.</summary>
    public static string? Fault(IbkrContract contract)
    {
        foreach (
            var (text, name) in (ReadOnlySpan<(string, string)>)
                [
                    (contract.Symbol, "symbol"),
                    (contract.SecurityType, "security type"),
                    (contract.LastTradeDate, "last trade date"),
                    (contract.Multiplier, "multiplier"),
                    (contract.Exchange, "exchange"),
                    (contract.PrimaryExchange, "primary exchange"),
                    (contract.Currency, "currency"),
                    (contract.LocalSymbol, "local symbol"),
                    (contract.TradingClass, "trading class"),
                ]
        )
        {
            if (TextFault(text, name) is { } fault)
            {
                return fault;
            }
        }

        if (!(contract.Strike is >= 0 and < StrikeMax))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the strike {contract.Strike} is not between 0 and {StrikeMax}"
            );
        }

        return contract.ConId < 0 ? $"the conId {contract.ConId} is negative"
            : contract.ConId == 0 && contract.Symbol.Length == 0 && contract.LocalSymbol.Length == 0
                ? "it has neither a conId nor a symbol"
            : null;
    }

    /// <summary>The wire knows printable ASCII only; a NUL would end the field and shift all that follow.</summary>
    public static string? TextFault(string text, string name)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                return $"the {name} holds a character that is not printable ASCII (U+{(int)c:X4})";
            }
        }

        return null;
    }
}
