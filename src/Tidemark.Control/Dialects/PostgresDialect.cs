using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>
/// A database of PostgreSQL. One writes at a time, as on SQLite, on however many machines: a transaction that writes
/// takes a lock of the database first (docs/adr/0039). Only touched where an address names PostgreSQL, so that nothing
/// else loads its driver.
/// </summary>
internal sealed partial class PostgresDialect : ControlDialect
{
    /// <summary>The oldest version that the tests have run on.</summary>
    private const int OldestVersion = 15;

    private const int ConnectSeconds = 10;
    private const int MostConnections = 16;

    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _patience;

    // One connection of a process waits for the database's lock, not as many as there are writers.
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="address">Where it is.</param>
    /// <param name="patience">
    /// How long a statement may take, and how long the fate of a commit is asked for.
    /// </param>
    public PostgresDialect(PostgresAddress address, TimeSpan patience)
    {
        _address = address;
        _patience = patience;
        var builder = new NpgsqlDataSourceBuilder(Settings(address, patience));
        // Only the types that are built in are used: the server need not list all that it has.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        _source = builder.Build();
    }

    public override string Place => _address.ToString();

    public override bool IsReadOnly => Facts?.MayWrite == false;

    public override string NowSql => "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";

    public override string CountTablesSql => "select case when to_regclass(@name) is null then 0 else 1 end";

    /// <summary>What is known of the server; null before it was asked.</summary>
    private ServerFacts? Facts { get; set; }

    public override string AdviseSql(string sql) => $"`psql {Place} -c \"{sql}\"`";

    /// <summary>Asks the server what it is, and waits for one that is just starting.</summary>
    /// <exception cref="TidemarkException"><c>CONTROL_UNSUITABLE</c>: it is too old, or cannot keep all text.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var patience = new Patience(_patience);
        while (true)
        {
            try
            {
                Facts = await ServerFacts.ReadAsync(_source, cancellationToken);
                break;
            }
            catch (Exception error) when (PostgresErrors.IsStarting(error))
            {
                if (!await patience.WaitAsync(cancellationToken))
                {
                    throw;
                }
            }
        }

        if (Facts.Fault(OldestVersion) is { } fault)
        {
            throw PostgresErrors.Unsuitable(_address, fault);
        }
    }

    public override async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken) =>
        await _source.OpenConnectionAsync(cancellationToken);

    public override async Task<DbTransaction> BeginReadAsync(
        DbConnection connection,
        CancellationToken cancellationToken
    ) => await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    public override async Task<ControlWrite> BeginWriteAsync(Patience patience, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(patience.Left, cancellationToken))
        {
            throw new TimeoutException("another transaction of this process takes too long");
        }

        try
        {
            return await PostgresWrite.BeginAsync(_source, patience.Left, _patience, _turn, cancellationToken);
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>Text is compared and sorted by its characters' numbers, whatever language the database speaks.</summary>
    public override string Schema(string migration) => Text().Replace(migration, "text collate \"C\"");

    /// <summary>What no column of text can hold, the character 0 and halves of characters, becomes U+FFFD.</summary>
    public override object Value(object value) =>
        value is string text && (text.Contains('\0') || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            ? Legible(text)
            : value;

    public override Task ExecuteManyAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<object[]> items,
        CancellationToken cancellationToken
    ) => PostgresBulk.ExecuteAsync((NpgsqlConnection)connection, sql, names, items, cancellationToken);

    public override bool IsFailure(Exception error) => PostgresErrors.IsFailure(error);

    public override bool IsPassing(Exception error)
    {
        if (PostgresErrors.IsLost(error))
        {
            // The others that wait in the pool are as dead.
            _source.Clear();
        }

        return PostgresErrors.IsPassing(error);
    }

    public override TidemarkException Explain(Exception error) => PostgresErrors.From(_address, error);

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _turn.Dispose();
    }

    private static string Settings(PostgresAddress address, TimeSpan patience)
    {
        var seconds = (int)Math.Ceiling(patience.TotalSeconds);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = address.Database,
            Username = address.User,
            Password = address.Password,
            ApplicationName = address.Find("application_name") ?? "tidemark",
            Timeout = Number(address.Find("connect_timeout")) ?? Math.Min(ConnectSeconds, seconds),
            CommandTimeout = seconds + 2, // the server's own limits come first
            CancellationTimeout = 1000,
            MaxPoolSize = MostConnections,
            TcpKeepAlive = true,
            Enlist = false,
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = address.Find("sslmode") switch
            {
                "disable" => SslMode.Disable,
                "allow" => SslMode.Allow,
                "require" => SslMode.Require,
                "verify-ca" => SslMode.VerifyCA,
                "verify-full" => SslMode.VerifyFull,
                _ => SslMode.Prefer,
            },
            RootCertificate = address.Find("sslrootcert"),
            SslCertificate = address.Find("sslcert"),
            SslKey = address.Find("sslkey"),
            Options = address.Find("options"),
        };
        return settings.ConnectionString;
    }

    private static int? Number(string? text) =>
        text is null ? null : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Legible(string text)
    {
        var legible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            legible.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        }

        return legible.ToString();
    }

    [GeneratedRegex(@"\btext\b", RegexOptions.CultureInvariant)]
    private static partial Regex Text();
}
