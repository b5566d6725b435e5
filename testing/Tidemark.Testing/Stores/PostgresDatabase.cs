using Npgsql;

namespace Tidemark.Testing.Stores;

/// <summary>An empty database of a server, with a name of its own; dropped at the end, whoever has it open.</summary>
public sealed class PostgresDatabase : IDisposable
{
    private readonly PostgresServer _server;

    /// <param name="server">Where it is made.</param>
    /// <param name="with">What <c>create database</c> is told, for example its encoding.</param>
    public PostgresDatabase(PostgresServer server, string with = "encoding 'UTF8' template template0")
    {
        _server = server;
        Name = "t_" + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
        Execute("postgres", $"create database {Name} {with}");
    }

    public string Name { get; }

    /// <summary>Its address as a workspace names it.</summary>
    public string Url => UrlOf(_server.Url.UserInfo);

    /// <summary>The same of another user.</summary>
    /// <param name="user">For example <c>user:password</c>; percent-encoded.</param>
    public string UrlOf(string user) => $"postgres://{user}@{_server.Url.Host}:{_server.Url.Port}/{Name}";

    /// <summary>Executes statements as the superuser, and gives the rows of the last one, values with | between.</summary>
    public List<string> Sql(string sql) => Execute(Name, sql);

    /// <summary>A connection as the superuser; opened, and not of a pool.</summary>
    public NpgsqlConnection Connect() => Connect(Name);

    public void Dispose() => Execute("postgres", $"drop database if exists {Name} with (force)");

    private NpgsqlConnection Connect(string database)
    {
        var user = _server.Url.UserInfo.Split(':');
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = _server.Url.Host,
            Port = _server.Url.Port,
            Username = user[0],
            Password = user[1],
            Database = database,
            Pooling = false,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        connection.Open();
        return connection;
    }

    private List<string> Execute(string database, string sql)
    {
        using var connection = Connect(database);
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        do
        {
            rows.Clear();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add(string.Join('|', values));
            }
        } while (reader.NextResult());

        return rows;
    }
}
