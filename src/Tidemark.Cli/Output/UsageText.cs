using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Tidemark.Cli.Output;

/// <summary>
/// Rewords the library's messages on a command line, which name .NET types, leave out which argument is missing, and
/// write a list over several lines.
/// </summary>
internal static partial class UsageText
{
    public static string Of(ParseError error)
    {
        var (name, type) = Symbol(error.SymbolResult);
        if (
            error.SymbolResult is ArgumentResult { Tokens.Count: 0 }
            && error.Message.StartsWith("Required argument", StringComparison.Ordinal)
        )
        {
            return $"{name} is missing.";
        }

        string[] expected =
        [
            .. error.Message.Contains("Must be one of", StringComparison.Ordinal)
                ? Quoted().Matches(error.Message).Skip(1).Select(m => m.Groups["text"].Value)
            : error.Message.Contains(" as expected type", StringComparison.Ordinal) && type is { IsEnum: true }
                ? Enum.GetNames(type).Select(n => n.ToLowerInvariant())
            : [],
        ];
        return expected.Length > 1 && Quoted().Match(error.Message) is { Success: true } wrong
                ? $"{name} '{wrong.Groups["text"].Value}': expected {string.Join(", ", expected[..^1])} or {expected[^1]}."
            : error.Message.IndexOf(" as expected type", StringComparison.Ordinal) is > 0 and var end
                ? error.Message[..end] + "."
            : error.Message;
    }

    /// <summary>The user's name of the wrong part, and the type of its values.</summary>
    private static (string? Name, Type? Type) Symbol(SymbolResult? result) =>
        result switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType),
            ArgumentResult { Parent: OptionResult option } => (option.Option.Name, option.Option.ValueType),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType),
            _ => (null, null),
        };

    [GeneratedRegex("'(?<text>[^']*)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
