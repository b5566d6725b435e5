using System.Globalization;
using System.Text.RegularExpressions;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Removes from a recording whose it is: replaces each account code, always by the same one; sets values to 0; of
/// positions, orders, executions and profiles it keeps only that there were some. Thread-safe.
/// </summary>
internal sealed partial class TwsRedactor
{
    private const string Zero = "0.0";
    private const string ManagedAccounts = "15";
    private const string Error = "4";
    private const string FamilyCodes = "78";

    /// <summary>A shorter name would match parts of other words.</summary>
    private const int ShortestName = 4;

    /// <summary>The gateway's messages about positions, orders, executions, profits, log-ins and profiles.</summary>
    private static readonly HashSet<string> s_privateFromGateway =
    [
        "3",
        "5",
        "7",
        "11",
        "16",
        "59",
        "61",
        "65",
        "66",
        "69",
        "70",
        "71",
        "94",
        "95",
        "100",
        "101",
        "103",
    ];

    /// <summary>Clients' messages about orders, exercises, profiles, log-ins, and queries by account.</summary>
    private static readonly HashSet<string> s_privateFromClient =
    [
        "3",
        "18",
        "19",
        "21",
        "65",
        "66",
        "67",
        "68",
        "72",
        "73",
        "92",
        "94",
    ];

    /// <summary>The positions of amounts in messages.</summary>
    private static readonly Dictionary<string, int[]> s_amounts = new()
    {
        ["6"] = [3],
        ["63"] = [5],
        ["73"] = [6],
    };

    /// <summary>
    /// The positions of names that a user chose in the gateway's messages: models, brands, and why an order was
    /// refused.
    /// </summary>
    private static readonly Dictionary<string, int[]> s_namesFromGateway = new()
    {
        ["4"] = [5],
        ["73"] = [4],
        ["107"] = [2],
    };

    /// <summary>The positions of names that a user chose in requests: groups of accounts, and models.</summary>
    private static readonly Dictionary<string, int[]> s_namesFromClient = new()
    {
        ["62"] = [3],
        ["74"] = [4],
        ["76"] = [4],
    };

    /// <summary>The one group that every user has.</summary>
    private const string AllAccounts = "All";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _accounts = [];

    /// <summary>The fields that may be written down.</summary>
    public IReadOnlyList<string> Redact(IReadOnlyList<string> fields, bool fromClient)
    {
        var message = fields[0];
        if (fields.Count > 1 && (fromClient ? s_privateFromClient : s_privateFromGateway).Contains(message))
        {
            return [message, RecordedFrame.Redacted];
        }

        lock (_gate)
        {
            if (!fromClient && message == ManagedAccounts && fields.Count > 2)
            {
                foreach (var account in fields[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    Name(account);
                }
            }

            var kept = fields.Select((field, i) => i == 0 ? field : Text(field)).ToArray();
            foreach (var amount in fromClient ? [] : s_amounts.GetValueOrDefault(message, []))
            {
                if (amount < kept.Length)
                {
                    kept[amount] = Zero;
                }
            }

            foreach (var name in (fromClient ? s_namesFromClient : s_namesFromGateway).GetValueOrDefault(message, []))
            {
                if (name < kept.Length && kept[name] is not ("" or AllAccounts))
                {
                    kept[name] = RecordedFrame.Redacted;
                }
            }

            if (!fromClient && IsAboutOrder(fields))
            {
                kept[4] = RecordedFrame.Redacted;
            }

            // Fields come in pairs: an account and its family.
            for (var family = 3; !fromClient && message == FamilyCodes && family < kept.Length; family += 2)
            {
                kept[family] = "";
            }

            return kept;
        }
    }

    /// <summary>Whether an error is about an order: its text says what was to be bought or sold.</summary>
    private static bool IsAboutOrder(IReadOnlyList<string> fields) =>
        fields.Count > 4
        && fields[0] == Error
        && int.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        && code is (>= 103 and <= 161) or (>= 201 and <= 203) or 383 or 388 or 399 or 404 or (>= 10147 and <= 10149);

    private string Text(string field)
    {
        field = AccountCode().Replace(field, found => Name(found.Value));
        foreach (var (account, name) in _accounts)
        {
            // An account with an unusual name; all usual codes are replaced already.
            if (account.Length >= ShortestName && !AccountCode().IsMatch(account))
            {
                field = field.Replace(account, name, StringComparison.Ordinal);
            }
        }

        return field;
    }

    /// <summary>Another code of the same kind: it is no secret that an account is for practice.</summary>
    private string Name(string account)
    {
        if (!_accounts.TryGetValue(account, out var name))
        {
            var kind = AccountKind().Match(account).Value;
            name =
                $"{(kind.Length > 0 ? kind : "ACCOUNT")}{(_accounts.Count + 1).ToString("0000000", CultureInfo.InvariantCulture)}";
            _accounts[account] = name;
        }

        return name;
    }

    [GeneratedRegex(@"\b(?:DU|DF|DI|U|F|I)\d{5,9}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountCode();

    [GeneratedRegex("^(?:DU|DF|DI|U|F|I)(?=[0-9])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountKind();
}
