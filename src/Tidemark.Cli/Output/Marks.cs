namespace Tidemark.Cli.Output;

/// <summary>How something is, in four letters at the beginning of its line; markup.</summary>
internal static class Marks
{
    public const string Ok = "[green]ok  [/]";
    public const string Warn = "[yellow]warn[/]";
    public const string Fail = "[red]FAIL[/]";
}
