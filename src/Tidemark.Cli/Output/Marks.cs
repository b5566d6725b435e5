namespace Tidemark.Cli.Output;

/// <summary>Marks of four letters at the beginning of a line, for the state that it reports; markup.</summary>
internal static class Marks
{
    public const string Ok = "[green]ok  [/]";
    public const string Warn = "[yellow]warn[/]";
    public const string Fail = "[red]FAIL[/]";
}
