namespace Tidemark.Core;

/// <summary>Where identifiers of runs and commits come from, so that tests can repeat them.</summary>
public interface IIdSource
{
    Guid NewId();
}

/// <summary>Version 4 UUIDs from the operating system.</summary>
public sealed class SystemIdSource : IIdSource
{
#pragma warning disable RS0030 // The seam itself.
    public Guid NewId() => Guid.NewGuid();
#pragma warning restore RS0030
}
