using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Core.Sessions;
using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Sessions;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions;

/// <summary>
/// All that is declared in a workspace: the shipped definitions with its own laid over them. Every file is read once,
/// at the first question; what is asked later is answered from that, so whoever holds a bundle has pinned it. A
/// definition with a fault is left out, with what needs it, and told of; the others are used. Immutable, thread-safe.
/// </summary>
public sealed class DefinitionBundle
{
    private readonly Switches _switches;
    private readonly Lazy<Texts> _texts;
    private readonly Lazy<string> _fingerprint;
    private readonly Lazy<CalendarFiles> _calendars;
    private readonly Lazy<(SessionRules Rules, DefinitionFault? Fault)> _sessions;
    private readonly Lazy<DatasetRegistry> _datasets;
    private readonly Lazy<CheckRegistry> _checks;

    /// <param name="folders">Where the files are.</param>
    /// <param name="switches">What the workspace does without.</param>
    public DefinitionBundle(DefinitionFolders folders, Switches switches)
    {
        _switches = switches;
        _texts = new Lazy<Texts>(() => Texts.Read(folders));
        _fingerprint = new Lazy<string>(FingerprintOf);
        _calendars = new Lazy<CalendarFiles>(() => CalendarFiles.Read(_texts.Value.Calendars));
        _sessions = new Lazy<(SessionRules, DefinitionFault?)>(ReadSessions);
        _datasets = new Lazy<DatasetRegistry>(() =>
            DatasetRegistry.Read(_texts.Value.Datasets, CalendarNames, _switches)
        );
        _checks = new Lazy<CheckRegistry>(() =>
            CheckRegistry.Read(
                _texts.Value.Checks,
                AllDatasets.All,
                AllDatasets.Off,
                [.. AllDatasets.LeftOut.Select(fault => fault.Id)],
                _switches
            )
        );
    }

    /// <summary>
    /// A hash of what is in force: the same on every machine whose files say the same, another as soon as one of them
    /// says something else.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Calendars by exchange, without those that are left out.</summary>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is none.</exception>
    public IReadOnlyDictionary<string, TradingCalendar> Calendars => _calendars.Value.ByExchange;

    /// <summary>Calendars that a dataset may name: those of files, and those that the vendor may bring.</summary>
    public CalendarNames CalendarNames
    {
        get
        {
            var faulty = _calendars.Value.LeftOut.Select(fault => fault.Id).ToHashSet(StringComparer.Ordinal);
            return new CalendarNames(
                Calendars
                    .Keys.Concat(Exchanges.All.Where(e => e.VendorCode is not null).Select(e => e.Code))
                    .Where(name => !faulty.Contains(name))
                    .ToHashSet(StringComparer.Ordinal)
            )
            {
                Faulty = faulty,
            };
        }
    }

    /// <summary>When exchanges trade; no rule at all where a line of a file has a fault.</summary>
    public SessionRules Sessions => _sessions.Value.Rules;

    /// <summary>The datasets.</summary>
    /// <exception cref="InvalidDefinitionException">
    /// Files have faults, and without them there is none that a run plans.
    /// </exception>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is none.</exception>
    public DatasetRegistry Datasets =>
        AllDatasets is { Planned: [], LeftOut: [_, ..] }
            ? throw DefinitionFault.ToException([.. _calendars.Value.LeftOut, .. AllDatasets.LeftOut])
            : AllDatasets;

    /// <summary>The checks.</summary>
    /// <exception cref="TidemarkException">Code <c>DEFINITIONS_MISSING</c>: there is none.</exception>
    public CheckRegistry Checks => _checks.Value;

    /// <summary>The files of the warehouse's tables.</summary>
    public WarehouseFiles Warehouse => _texts.Value.Warehouse;

    /// <summary>
    /// What is left out, each with its reason: of calendars, sessions, datasets and checks. What is wrong with SQL the
    /// engine has to say.
    /// </summary>
    public IReadOnlyList<DefinitionFault> LeftOut =>
        [
            .. _calendars.Value.LeftOut,
            .. _sessions.Value.Fault is { } fault ? new[] { fault } : [],
            .. AllDatasets.LeftOut,
            .. Checks.LeftOut,
        ];

    /// <summary>Every id that may stand under <c>off:</c>.</summary>
    public IReadOnlySet<string> OffIds =>
        AllDatasets
            .All.Concat(AllDatasets.Off)
            .SelectMany(Switches.IdsOf)
            .Concat(AllDatasets.LeftOut.SelectMany(fault => fault.Names))
            // Those that are off by their id, whatever is wrong with them, are in none of these lists.
            .Concat(_texts.Value.Datasets.Sources.Select(source => source.Id))
            .Concat(_texts.Value.Checks.Sources.Select(source => source.Id))
            .Concat(_texts.Value.Warehouse.Tables.Sources.Select(source => source.Id))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Every word that may stand under <c>on:</c>.</summary>
    public IReadOnlySet<string> OnWords =>
        AllDatasets
            .All.Concat(AllDatasets.Off)
            .SelectMany(Switches.OnWordsOf)
            .Concat(AllDatasets.LeftOut.SelectMany(fault => fault.Names))
            .Concat(Batches.All)
            .Concat(Buckets.Names)
            .ToHashSet(StringComparer.Ordinal);

    private DatasetRegistry AllDatasets => _datasets.Value;

    private (SessionRules Rules, DefinitionFault? Fault) ReadSessions()
    {
        var problems = new YamlProblems();
        var files = new List<(string, string)>();
        foreach (var source in _texts.Value.Sessions)
        {
            if (source.TryText(problems, out var text))
            {
                files.Add((source.Path, text));
            }
        }

        var rules = SessionFiles.Read(files, problems);
        return problems.Any
            ? (
                SessionRules.None,
                new DefinitionFault("sessions", SessionFiles.Name, YamlProblems.DefinitionInvalid, problems.Items)
            )
            : (rules, null);
    }

    private string FingerprintOf()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (kind, sources) in _texts.Value.ByKind)
        {
            foreach (var source in sources)
            {
                Append(hash, kind, source.Id, source.Unreadable is null ? source.Text : null);
            }
        }

        foreach (var entry in _switches.Off.Select(entry => entry.Word).Order(StringComparer.Ordinal))
        {
            Append(hash, "off", entry, "");
        }

        foreach (var entry in _switches.On.Select(entry => entry.Word).Order(StringComparer.Ordinal))
        {
            Append(hash, "on", entry, "");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Each part with its length before it, so that no two bundles are the same bytes.
    private static void Append(IncrementalHash hash, params ReadOnlySpan<string?> parts)
    {
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }
    }

    /// <summary>Every file, read once.</summary>
    private sealed record Texts(
        DefinitionSet Datasets,
        DefinitionSet Checks,
        DefinitionSet Calendars,
        WarehouseFiles Warehouse,
        IReadOnlyList<DefinitionSource> Sessions
    )
    {
        /// <summary>In the order in which they are hashed.</summary>
        public IEnumerable<(string Kind, IReadOnlyList<DefinitionSource> Sources)> ByKind =>
            [
                ("datasets", Datasets.Sources),
                ("checks", Checks.Sources),
                ("calendars", Calendars.Sources),
                ("warehouse", Warehouse.Tables.Sources),
                ("config", Warehouse.Config),
                ("sessions", Sessions),
            ];

        public static Texts Read(DefinitionFolders folders) =>
            new(
                DefinitionSet.Of(folders.Read(DatasetRegistry.Kind)),
                DefinitionSet.Of(folders.Read(CheckRegistry.Kind)),
                DefinitionSet.Of(folders.Read(CalendarFiles.Kind)),
                WarehouseFiles.Of(folders.Read(WarehouseFiles.Kind)),
                [
                    .. folders
                        .Layers(SessionFiles.Name)
                        .Select(path =>
                            DefinitionSource.Of(new DefinitionFile(SessionFiles.Name, path, DefinitionOrigin.Shipped))
                        ),
                ]
            );
    }
}
