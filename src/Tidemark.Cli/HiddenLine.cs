using System.Text;

namespace Tidemark.Cli;

/// <summary>Reads a line at a terminal without showing it.</summary>
internal static class HiddenLine
{
    /// <summary>Reads the line up to Enter; null when the input has ended.</summary>
    public static string? Read()
    {
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return line.ToString();
                case ConsoleKey.Backspace when line.Length > 0:
                    line.Length--;
                    break;
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control && line.Length == 0:
                    return null;
                case var _ when !char.IsControl(key.KeyChar):
                    line.Append(key.KeyChar);
                    break;
            }
        }
    }
}
