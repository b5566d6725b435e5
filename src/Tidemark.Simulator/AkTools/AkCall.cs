using System.Globalization;
using Tidemark.Core;

namespace Tidemark.Simulator.AkTools;

/// <summary>Python's KeyError inside a function: a value that it does not know. AKTools answers 404.</summary>
internal sealed class AkKeyException(string key) : Exception($"'{key}'")
{
    public string Key { get; } = key;
}

/// <summary>Any other error inside a function, or a call that is no Python. AKTools answers 500 and says no more.</summary>
internal sealed class AkFailureException(string reason) : Exception(reason);

/// <summary>A call of a function with the arguments that it was given.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">Name → text; what is absent has the function's default.</param>
/// <param name="Today">The market's today; nothing later exists.</param>
internal sealed record AkCall(AkFunction Function, IReadOnlyDictionary<string, string> Arguments, DateOnly Today)
{
    public string this[string parameter] =>
        Arguments.TryGetValue(parameter, out var text)
            ? text
            : Function.Parameters.First(p => p.Name == parameter).Default;

    /// <summary>Checks the arguments as Python and the function would.</summary>
    /// <exception cref="AkFailureException">A keyword is unknown, or a number is a text.</exception>
    /// <exception cref="AkKeyException">A value is none of those that the function knows.</exception>
    public static AkCall Checked(AkFunction function, IReadOnlyDictionary<string, string> arguments, DateOnly today)
    {
        foreach (var name in arguments.Keys)
        {
            var parameter =
                function.Parameters.FirstOrDefault(p => p.Name == name)
                ?? throw new AkFailureException($"{function.Name}() got an unexpected keyword argument '{name}'");
            if (parameter.IsNumber)
            {
                throw new AkFailureException($"{function.Name}() does arithmetic with {name}, which is a text");
            }
        }

        foreach (var parameter in function.Parameters.Where(p => p.Allowed.Count > 0))
        {
            if (arguments.TryGetValue(parameter.Name, out var value) && !parameter.Allowed.Contains(value))
            {
                throw new AkKeyException(value);
            }
        }

        return new AkCall(function, arguments, today);
    }

    /// <summary>A day, YYYYMMDD (or with dashes); those beyond every market are at its edge.</summary>
    public DateOnly Day(string parameter)
    {
        var text = this[parameter].Replace("-", "", StringComparison.Ordinal);
        return TradeDate.TryParseCompact(text, out var day) ? day
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 1900_00_00
                ? DateOnly.MaxValue
            : throw new AkFailureException($"{parameter} is '{this[parameter]}', which is no day");
    }
}
