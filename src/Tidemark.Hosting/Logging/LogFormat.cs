namespace Tidemark.Hosting.Logging;

/// <summary>How a line of the log is written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>A JSON object a line, for programs.</summary>
    Json,
}
