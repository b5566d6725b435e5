namespace Tidemark.Hosting.Logging;

/// <summary>The format of a log line.</summary>
public enum LogFormat
{
    /// <summary>Text for people.</summary>
    Text,

    /// <summary>One JSON object per line, for programs.</summary>
    Json,
}
