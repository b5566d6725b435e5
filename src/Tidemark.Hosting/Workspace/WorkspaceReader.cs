using Microsoft.Extensions.Logging;
using Tidemark.Control.Dialects;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Hosting.Logging;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Tables;
using Tidemark.Vendors;

namespace Tidemark.Hosting.Workspace;

/// <summary>
/// Reads <c>tidemark.yaml</c> and the overrides of the environment into <see cref="WorkspaceOptions"/>; reports every
/// fault at once.
/// </summary>
public static class WorkspaceReader
{
    public const string FileName = "tidemark.yaml";

    private const int LongestRetention = 36_500; // a hundred years: further back there is no day to drop

    /// <summary>Where a workspace's own definitions are unless it says otherwise.</summary>
    public const string DefinitionsFolder = "definitions";

    private const string DefaultDefinitions = $"./{DefinitionsFolder}";

    private static readonly TimeOnly s_start = new(19, 30);

    // Resolved at their first use, not with the file: a command that calls no vendor must work without them.
    private static readonly string[] s_secrets = ["s3.access_key", "s3.secret_key"];

    private static readonly Dictionary<string, string> s_scopes = Pools
        .Names.Order(StringComparer.Ordinal)
        .ToDictionary(n => n);

    /// <param name="folder">The workspace folder.</param>
    /// <param name="environment">The environment: values for <c>${NAME}</c> and <c>TIDEMARK__…</c> overrides.</param>
    /// <param name="vendors">The vendors that may have a section.</param>
    /// <exception cref="InvalidDefinitionException">Code <c>CONFIG_INVALID</c>, with every fault.</exception>
    /// <exception cref="TidemarkException">Code <c>WORKSPACE_UNREADABLE</c>: the file cannot be read.</exception>
    public static WorkspaceOptions Load(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<IVendor> vendors
    )
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            return Parse(folder, DataFile.ReadText(file), environment, vendors);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "WORKSPACE_UNREADABLE",
                $"{file} cannot be read: {error.Message} Check its owner and the disk.",
                error
            );
        }
    }

    /// <summary>Like <see cref="Load"/>, with the file's text given.</summary>
    public static WorkspaceOptions Parse(
        string folder,
        string text,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<IVendor> vendors
    )
    {
        string[] secrets = [.. s_secrets, .. vendors.SelectMany(VendorSection.SecretsOf)];
        var problems = new YamlProblems();
        var root = YamlSection
            .Parse(FileName, EnvironmentText.Hide(text), problems)
            .With(WorkspaceOverrides.From(environment, vendors.SelectMany(VendorSection.ListsOf), problems))
            .MapScalars((path, scalar) => Resolve(path, scalar, secrets, environment, problems));
        var options = new Reading(new WorkspaceValues(Path.GetFullPath(folder), environment)).Workspace(root, vendors);
        root.RejectUnknownKeys(WorkspaceKeys.Of(vendors));
        problems.ThrowIfAny(YamlProblems.ConfigInvalid, $"the workspace {Path.GetFullPath(folder)}");
        return options;
    }

    private static YamlScalar Resolve(
        string path,
        YamlScalar scalar,
        string[] secrets,
        IReadOnlyDictionary<string, string> environment,
        YamlProblems problems
    )
    {
        if (scalar.Text is null)
        {
            return scalar;
        }

        var text = EnvironmentText.Show(scalar.Text);
        if (secrets.Contains(path))
        {
            return new YamlScalar(scalar.Origin, text);
        }

        var missing = EnvironmentText.Missing(text, environment);
        if (missing.Count == 0)
        {
            return new YamlScalar(
                scalar.Origin,
                PostgresAddress.IsOne(text)
                    ? EnvironmentText.ExpandAddress(text, environment)
                    : EnvironmentText.Expand(text, environment)
            );
        }

        problems.Add(
            scalar.Origin,
            $"'{path}' needs the environment variable {string.Join(", ", missing)}, which is not set"
        );
        // Read as absent, so that the unset name is the only fault reported for this key.
        return new YamlScalar(scalar.Origin, null);
    }

    private sealed class Reading(WorkspaceValues values)
    {
        public WorkspaceOptions Workspace(YamlSection root, IReadOnlyList<IVendor> vendors)
        {
            var read = vendors.Select(v => VendorSection.Read(v, root, values)).ToArray();
            var logging = root.Section("logging");
            var options = new WorkspaceOptions
            {
                Folder = values.Folder,
                TimeZone = Zone(root, "timezone", "Asia/Shanghai"),
                Lake = Location(root, "lake", "./lake", "s3"),
                Control = Location(root, "control", "./control.db", "postgres", "postgresql"),
                Catalog = values.LocalPath(root, "catalog", "./catalog.duckdb"),
                Definitions = Definitions(root),
                Switches = SwitchesOf(root),
                S3 = S3(root.Section("s3")),
                Vendors = new VendorOptions(read.Select(v => v.Options)),
                Pools = PoolsOf(root.Section("pools")),
                Schedule = Schedule(root.Section("schedule")),
                Engine = Engine(root.Section("engine")),
                Plan = Plan(root.Section("plan")),
                Raw = Raw(root.Section("raw")),
                Retention = Retention(root),
                Unread = [.. read.SelectMany(v => v.Unread)],
                Secrets = values.Secrets,
                Addresses = values.Addresses,
                Logging = Logging(logging),
            };
            if (options.Logging.File is { } log && RealPaths.IsWithin(log, options.Places()))
            {
                logging.Problem("file", $"is {log}, which belongs to the workspace itself; name another file");
            }

            return options;
        }

        private S3Options S3(YamlSection section) =>
            new(
                values.Url(section, "endpoint", null),
                values.NotEmpty(section, "region", "us-east-1"),
                values.Secret(section, "access_key", "${S3_ACCESS_KEY}"),
                values.Secret(section, "secret_key", "${S3_SECRET_KEY}"),
                section.Bool("path_style", fallback: true),
                values.LocalPath(section, "cache", "./cache"),
                Bytes(section, "cache_size", "20GB")
            );

        private static long Bytes(YamlSection section, string key, string fallback)
        {
            var text = section.Text(key, fallback);
            if (MemoryLimit.TryParse(text, out var amount) && amount.Bytes is { } bytes)
            {
                return bytes;
            }

            section.Problem(key, $"is '{text}', expected an amount like 20GB or 512MB");
            return 0;
        }

        private PoolOptions PoolsOf(YamlSection section) =>
            new(TargetSection.Read(section.Section("targets"), values), Lease(section));

        private static TimeSpan Lease(YamlSection section)
        {
            var lease = section.Duration("lease", TimeSpan.FromMinutes(2));
            if (lease < TimeSpan.FromSeconds(1) || lease > StandingLease.Longest)
            {
                section.Problem("lease", "must be from 1s to 1h");
            }

            return lease;
        }

        private static ScheduleOptions Schedule(YamlSection section) =>
            new(section.Time("china", s_start), section.Word("scope", s_scopes, Pools.Both));

        private static EngineOptions Engine(YamlSection section)
        {
            var memory = section.Text("memory", "70%");
            if (!MemoryLimit.TryParse(memory, out var limit))
            {
                section.Problem("memory", $"is '{memory}', expected {MemoryLimit.Expected}");
            }

            return new EngineOptions(
                section.Int("threads", 0, min: 0, max: 1024),
                limit,
                section.Word("codec", ParquetCodec.Snappy)
            );
        }

        private static PlanOptions Plan(YamlSection section)
        {
            var plan = new PlanOptions(section.Date("from"), section.Date("to"));
            if (plan.From > plan.To)
            {
                section.Problem("to", "lies before 'plan.from'");
            }

            return plan;
        }

        private static RawOptions Raw(YamlSection section) =>
            new(section.Bool("enabled", fallback: true), section.Duration("keep", TimeSpan.FromDays(30)));

        private LoggingOptions Logging(YamlSection section)
        {
            var file = section.Text("file", "");
            return new LoggingOptions(
                section.Word("level", LoggingOptions.Levels, LogLevel.None),
                section.Word("format", LogFormat.Text),
                file.Length == 0 ? null : values.LocalPath(section, "file", file),
                Bytes(section, "file_size", "10MB"),
                section.Int("files", 5, min: 1, max: 1000)
            );
        }

        private RetentionOptions Retention(YamlSection root)
        {
            var days = new Dictionary<string, int>(StringComparer.Ordinal);
            var origins = new Dictionary<string, YamlOrigin>(StringComparer.Ordinal);
            foreach (var (table, text) in root.TextMap("retention"))
            {
                if (
                    !YamlScalars.TryDuration(text, out var keep)
                    || keep.Days is < 1 or > LongestRetention
                    || keep != TimeSpan.FromDays(keep.Days)
                )
                {
                    root.Problem("retention", $"gives {table} '{text}', expected whole days like 400d");
                    continue;
                }

                try
                {
                    var id = TableId.Parse(table).ToString();
                    days[id] = keep.Days;
                    origins[id] = root.OriginOf("retention", table);
                }
                catch (TidemarkException e)
                {
                    root.Problem("retention", $"names a table that cannot be: {e.Message}");
                }
            }

            return new RetentionOptions(days, origins, values.Folder);
        }

        private static TimeZoneInfo Zone(YamlSection section, string key, string fallback)
        {
            var name = section.Text(key, fallback);
            if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            {
                return zone;
            }

            section.Problem(key, $"is '{name}', expected a time zone like Asia/Shanghai");
            return TimeZoneInfo.Utc;
        }

        private StoreLocation Location(YamlSection section, string key, string fallback, params string[] schemes)
        {
            var text = section.Text(key, fallback);
            var scheme = text.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
            {
                return new StoreLocation(values.LocalPath(section, key, fallback));
            }

            if (!schemes.Contains(text[..scheme]) || text.Length == scheme + 3)
            {
                // The value may hold a password, so the message shows the scheme alone.
                section.Problem(key, $"begins with '{text[..scheme]}://', expected a path or {schemes[0]}://…");
            }

            if (PostgresAddress.IsOne(text))
            {
                _ = PostgresAddress.Parse(text, out var problem);
                if (problem is not null)
                {
                    section.Problem(key, problem);
                }
            }

            return new StoreLocation(text);
        }

        private static Switches SwitchesOf(YamlSection root)
        {
            return new Switches(Ids(root, "off")) { On = Ids(root, "on") };
        }

        private static Switch[] Ids(YamlSection root, string key)
        {
            var ids = root.TextList(key) ?? [];
            foreach (var twice in ids.GroupBy(id => id).Where(group => group.Count() > 1))
            {
                root.Problem(key, $"names {twice.Key} twice");
            }

            return [.. ids.Select(id => new Switch(id, root.OriginOf(key, id)))];
        }

        private string? Definitions(YamlSection root)
        {
            var text = root.Text("definitions", DefaultDefinitions);
            var path = values.LocalPath(root, "definitions", DefaultDefinitions);
            if (Directory.Exists(path))
            {
                return path;
            }

            // The default folder may be missing: then only the shipped definitions are used. Any other missing path is
            // a mistake, and so is a file.
            if (File.Exists(path))
            {
                root.Problem("definitions", $"is '{text}', but {path} is a file: a folder must be in its place");
            }
            else if (path != values.Absolute(DefaultDefinitions) && text.Length > 0)
            {
                root.Problem("definitions", $"is '{text}', but there is no folder {path}");
            }

            return null;
        }
    }
}
