using Microsoft.Data.Sqlite;
using Tidemark.Control.Dialects;
using Tidemark.Core;
using Tidemark.Core.Secrets;
using Tidemark.Testing;
using Tidemark.Testing.Stores;

namespace Tidemark.Control.Tests;

/// <summary>
/// A control database of its own, empty, on one of the databases that there are. What holds of both is tested by an
/// abstract class with this as its parameter, and a class for each database that derives from it.
/// </summary>
public abstract class ControlFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-control-").FullName;

    public ManualClock Clock { get; } = new();

    public IIdSource Ids { get; } = new SystemIdSource();

    /// <summary>A folder of its own.</summary>
    public string Folder => _folder;

    /// <summary>What <c>control:</c> says.</summary>
    public abstract string Place { get; }

    /// <summary>What lists its tables, and <c>@</c> stands for a table whose columns are listed.</summary>
    public abstract string TablesSql { get; }

    public abstract string ColumnsSql(string table);

    public Task<ControlDatabase> OpenAsync() => OpenAsync(Clock);

    public abstract Task<ControlDatabase> OpenAsync(TimeProvider time);

    /// <summary>Reads or changes the database as a user with its own shell would.</summary>
    public abstract List<string> Sql(string sql);

    /// <summary>Another one of the same kind.</summary>
    public abstract ControlFixture Another();

    public virtual void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>A real SQLite file.</summary>
public sealed class SqliteFixture : ControlFixture
{
    public string File => Path.Combine(Folder, "control.db");

    public override string Place => File;

    public override string TablesSql => "select name from sqlite_master where type = 'table' order by name";

    public override string ColumnsSql(string table) => $"select name from pragma_table_info('{table}')";

    public override Task<ControlDatabase> OpenAsync(TimeProvider time) =>
        ControlDatabase.OpenAsync(File, time, CancellationToken.None);

    public override List<string> Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            rows.Add(string.Join('|', values));
        }

        return rows;
    }

    public override ControlFixture Another() => new SqliteFixture();
}

/// <summary>A database of a real server; the test is skipped where there is none.</summary>
public sealed class PostgresFixture : ControlFixture
{
    private readonly PostgresDatabase _database;

    public PostgresFixture()
    {
        var server = PostgresServer.TryFind(out var reason);
        Assert.SkipWhen(server is null, reason);
        _database = new PostgresDatabase(server);
    }

    public PostgresFixture(PostgresServer server) => _database = new PostgresDatabase(server);

    public override string Place => _database.Url;

    public PostgresDatabase Database => _database;

    public override string TablesSql =>
        "select cast(tablename as text) from pg_tables where schemaname = 'public' order by tablename collate \"C\"";

    public override string ColumnsSql(string table) =>
        $"select cast(column_name as text) from information_schema.columns where table_name = '{table}'";

    public override Task<ControlDatabase> OpenAsync(TimeProvider time) => OpenAsync(Place, time);

    /// <summary>Opens an address instead, with so much patience.</summary>
    public Task<ControlDatabase> OpenAsync(string url, TimeProvider? time = null, TimeSpan? patience = null) =>
        ControlDatabase.OpenAsync(
            PostgresAddress.Parse(url, out var problem) ?? throw new InvalidOperationException(problem),
            Path.Combine(Folder, "control.keys"),
            time ?? Clock,
            new SecretMask(),
            telemetry: null,
            patience ?? TimeSpan.FromSeconds(30),
            CancellationToken.None
        );

    public override List<string> Sql(string sql) => _database.Sql(sql);

    public override ControlFixture Another() => new PostgresFixture();

    public override void Dispose()
    {
        _database.Dispose();
        base.Dispose();
    }
}
