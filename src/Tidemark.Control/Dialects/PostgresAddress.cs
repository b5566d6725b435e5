using System.Globalization;

namespace Tidemark.Control.Dialects;

/// <summary>
/// Where a control database on PostgreSQL is, and how to reach it:
/// <c>postgres://user:password@host:port/database?…</c> with the parameters of libpq, the library that PostgreSQL's own programs use. Its text shows no secret.
/// </summary>
public sealed class PostgresAddress
{
    private const int DefaultPort = 5432;

    private static readonly string[] s_schemes = ["postgres://", "postgresql://"];

    private static readonly string[] s_sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    private static readonly string[] s_known =
    [
        "host",
        "port",
        "user",
        "password",
        "dbname",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "connect_timeout",
        "application_name",
        "options",
    ];

    private readonly IReadOnlyDictionary<string, string> _parts;

    private PostgresAddress(IReadOnlyDictionary<string, string> parts, int port)
    {
        _parts = parts;
        Port = port;
    }

    /// <summary>A name, an address, or the folder of a socket.</summary>
    public string Host => _parts["host"];

    public int Port { get; }

    public string Database => _parts["dbname"];

    /// <summary>Null for the one of the operating system.</summary>
    public string? User => Find("user");

    public string? Password => Find("password");

    /// <summary>The address without user, password and parameters.</summary>
    public override string ToString()
    {
        var port = Port == DefaultPort ? "" : "&port=" + Port.ToString(CultureInfo.InvariantCulture);
        return Host.StartsWith('/')
            ? $"postgres:///{Database}?host={Host}{port}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"postgres://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/{Database}"
            );
    }

    /// <summary>Whether a text is meant to be such an address.</summary>
    public static bool IsOne(string text) => s_schemes.Any(s => text.StartsWith(s, StringComparison.Ordinal));

    /// <summary>Whether a parameter's value is nobody's secret.</summary>
    public static bool IsOpen(string parameter) => parameter != "password" && s_known.Contains(parameter);

    /// <summary>The address; null when it is none, with what is wrong: words that follow the key's name.</summary>
    public static PostgresAddress? Parse(string text, out string? problem)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        problem = ReadHead(text, parts) ?? ReadParameters(text, parts) ?? Check(parts, out _);
        if (problem is not null)
        {
            return null;
        }

        Check(parts, out var port);
        return new PostgresAddress(parts, port);
    }

    /// <summary>What a parameter says; null when it is not given.</summary>
    internal string? Find(string parameter) => _parts.GetValueOrDefault(parameter);

    // No message repeats a part: where an address is misread, any of them may be the password.
    private static string? ReadHead(string text, Dictionary<string, string> parts)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        var path = end < 0 || rest[end] == '?' ? "" : rest[(end + 1)..].Split('?')[0];
        if (path.Contains('@') || path.Contains('/'))
        {
            return "has a / or @ where the name of the database is expected; in a password write % as %25, / as %2F, @ as %40, ? as %3F";
        }

        // The last @, because a password may contain one.
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at].Split(':', 2);
            Put(parts, "user", user[0]);
            Put(parts, "password", user.Length == 2 ? user[1] : "");
        }

        var host = authority[(at + 1)..];
        if (host.Contains(','))
        {
            return "names several hosts, expected one: there is one control database";
        }

        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            Put(parts, "port", host[(colon + 1)..]);
            host = host[..colon];
        }

        Put(parts, "host", host.Trim('[', ']'));
        Put(parts, "dbname", path);
        return null;
    }

    private static string? ReadParameters(string text, Dictionary<string, string> parts)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var pairs = question < 0 ? [] : text[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries);
        if (pairs.Any(p => p.Contains('@')))
        {
            return "has an @ among its parameters; in a password write ? as %3F";
        }

        foreach (var pair in pairs)
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, v) : ("", "");
            if (!s_known.Contains(name))
            {
                return $"has the parameter '{name}', expected {string.Join(", ", s_known)}";
            }

            Put(parts, name, value);
        }

        return null;
    }

    private static string? Check(Dictionary<string, string> parts, out int port)
    {
        port = DefaultPort;
        if (!parts.ContainsKey("host"))
        {
            return "names no server, expected postgres://user:password@host:port/database (or ?host=/FOLDER of its socket)";
        }

        if (!parts.ContainsKey("dbname"))
        {
            return "names no database, expected postgres://user:password@host:port/database";
        }

        if (parts.TryGetValue("port", out var text) && !(TryNumber(text, out port) && port is > 0 and < 65536))
        {
            return "has a port that is no number from 1 to 65535; in a password write / as %2F, ? as %3F";
        }

        if (parts.TryGetValue("connect_timeout", out text) && !(TryNumber(text, out var s) && s is > 0 and <= 600))
        {
            return "has a connect_timeout that is no number of seconds from 1 to 600";
        }

        return parts.TryGetValue("sslmode", out text) && !s_sslModes.Contains(text)
            ? $"has an sslmode that is none of {string.Join(", ", s_sslModes)}"
            : null;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // An empty part is none.
    private static void Put(Dictionary<string, string> parts, string name, string value)
    {
        if (value.Length > 0)
        {
            parts[name] = Uri.UnescapeDataString(value);
        }
    }
}
