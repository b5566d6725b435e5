using Microsoft.Data.Sqlite;
using Tidemark.Core;
using Tidemark.Testing;

namespace Tidemark.Control.Tests;

/// <summary>A real SQLite file in a folder of its own.</summary>
internal sealed class ControlFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-control-").FullName;

    public ManualClock Clock { get; } = new();

    public IIdSource Ids { get; } = new SystemIdSource();

    public string File => Path.Combine(_folder, "control.db");

    public Task<ControlDatabase> OpenAsync() => ControlDatabase.OpenAsync(File, Clock, CancellationToken.None);

    /// <summary>Reads or changes the file as a user with the sqlite3 shell would.</summary>
    public List<string> Sql(string sql)
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

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
