using Tidemark.Control.Secrets;

namespace Tidemark.Ingest.Modules;

/// <summary>
/// What a person has decided about sources (<c>data_source_config_v2</c>): by domain and, below it, by module. What
/// nobody has decided is null or not there, and follows the definitions, so that a module which a newer version brings
/// has its own default. Immutable.
/// </summary>
public sealed record SourceConfig
{
    /// <summary>Its shape.</summary>
    public const int Shape = 2;

    /// <summary>Nobody has decided anything.</summary>
    public static SourceConfig None { get; } = new();

    public int Version { get; init; } = Shape;

    /// <summary>The vendor that a domain has which names none.</summary>
    public string MainProvider { get; init; } = "tushare";

    /// <summary>By domain, the name of a bucket.</summary>
    public IReadOnlyDictionary<string, DomainConfig> Domains
    {
        get;
        init => field = value ?? new Dictionary<string, DomainConfig>(); // a stored null is nothing decided
    } = new Dictionary<string, DomainConfig>();

    /// <summary>What is decided about a domain; nothing where it is not named.</summary>
    public DomainConfig Domain(string id) => Domains.GetValueOrDefault(id) ?? DomainConfig.None;

    /// <summary>The vendor of a domain.</summary>
    public string ProviderOf(string domain) => Domain(domain).Provider ?? MainProvider;

    /// <summary>This with a domain changed.</summary>
    public SourceConfig With(string domain, Func<DomainConfig, DomainConfig> change) =>
        this with
        {
            Domains = new SortedDictionary<string, DomainConfig>(
                Domains.ToDictionary(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
            {
                [domain] = change(Domain(domain)),
            },
        };
}

/// <summary>What is decided about a domain.</summary>
public sealed record DomainConfig
{
    public static DomainConfig None { get; } = new();

    /// <summary>Null where nobody has decided: it is on.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Null for the main one. Modules of the domain's other vendors then stand by.</summary>
    public string? Provider { get; init; }

    /// <summary>As it is stored: <c>inherit_main</c> or <c>override</c>; null for the first.</summary>
    public string? TokenMode { get; init; }

    /// <summary>By module.</summary>
    public IReadOnlyDictionary<string, ModuleConfig> Modules
    {
        get;
        init => field = value ?? new Dictionary<string, ModuleConfig>();
    } = new Dictionary<string, ModuleConfig>();

    /// <summary>Whether the domain goes with a token of its own.</summary>
    public TokenMode Mode() =>
        TokenMode == OverrideMode ? Control.Secrets.TokenMode.Override : Control.Secrets.TokenMode.InheritMain;

    /// <summary>How the two modes are stored.</summary>
    public const string OverrideMode = "override";

    /// <inheritdoc cref="OverrideMode"/>
    public const string InheritMode = "inherit_main";

    /// <summary>What is decided about a module; null where nothing is.</summary>
    public bool? IsEnabled(string module) => Modules.GetValueOrDefault(module)?.Enabled;

    /// <summary>This with a module switched.</summary>
    public DomainConfig With(string module, bool enabled) =>
        this with
        {
            Modules = new SortedDictionary<string, ModuleConfig>(
                Modules.ToDictionary(StringComparer.Ordinal),
                StringComparer.Ordinal
            )
            {
                [module] = new ModuleConfig(enabled),
            },
        };
}

/// <summary>What is decided about a module.</summary>
public sealed record ModuleConfig(bool Enabled);
