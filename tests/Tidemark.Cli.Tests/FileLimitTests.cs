using Tidemark.Core.Errors;

namespace Tidemark.Cli.Tests;

public sealed class FileLimitTests
{
    [Fact]
    public void IsReached_TheLimitAnywhereBehindAnError_IsSeen()
    {
        var limit = new IOException("Too many open files : '/w/tidemark.yaml'");

        FileLimit.IsReached(limit).ShouldBeTrue();
        FileLimit.IsReached(new TypeInitializationException("Some.Type", limit)).ShouldBeTrue();
        FileLimit
            .IsReached(new TidemarkException(ErrorKind.Configuration, "WORKSPACE_UNREADABLE", "cannot be read", limit))
            .ShouldBeTrue();
        FileLimit
            .IsReached(new IOException("No space left on device", new InvalidOperationException()))
            .ShouldBeFalse();
    }
}
