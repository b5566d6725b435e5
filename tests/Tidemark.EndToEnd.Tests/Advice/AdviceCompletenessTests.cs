using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>Every code of <c>docs/errors.md</c> is walked, or it is said here why not.</summary>
public sealed partial class AdviceCompletenessTests
{
    private static readonly IEnumerable<string> s_walked = new[]
    {
        DefinitionAdvice.All,
        WorkspaceAdvice.All,
        GatewayAdvice.All,
        LakeAdvice.All,
        QueryAdvice.All,
    }
        .SelectMany(section => section)
        .Select(scenario => scenario.Code)
        .Append("PORT_TAKEN"); // QueryAdvice: its port is known only when the test runs

    /// <summary>Reason, and the codes that it holds for.</summary>
    private static readonly Dictionary<string, string> s_notWalked = new()
    {
        [
            "a bucket's server is not on every machine; S3Tests and the tests of the store provoke them where there is one"
        ] =
            "STORE_UNCONDITIONAL OBJECT_MISSING OBJECT_DAMAGED CACHE_TOO_SMALL S3_CREDENTIALS S3_DENIED S3_BUCKET_MISSING S3_REDIRECTED S3_UNAVAILABLE S3_FAILED",
        ["a full or failing disk, or rights that the user of the tests (root) always has"] =
            "WORKSPACE_UNREADABLE DISK_FULL DISK_LOW STORE_READ_ONLY STORE_FAILED CHECKPOINT_FAILED CONTROL_READ_ONLY CONTROL_FAILED",
        ["the machine's clock or memory would have to be changed"] =
            "CLOCK_WRONG UNIT_TOO_LARGE COLUMN_TOO_LARGE VENDOR_TOO_LARGE VENDOR_ROWS_TOO_LARGE",
        ["the definitions are read more strictly today: DEFINITION_INVALID or CONFIG_INVALID says it before"] =
            "CALENDAR_UNKNOWN DEFINITIONS_MISSING",
        ["it is part of another answer, or a fault of Tidemark itself: there is nothing to do about it"] =
            "SIMULATED_REFUSAL INTERNAL_ERROR",
        ["not yet walked"] =
            "CHECK_UNREADABLE COMPLETENESS_RANGE_EMPTY VENDOR_TIMEOUT VENDOR_RATE_LIMITED VENDOR_IP_QUOTA VENDOR_PAGE_REPEATED VENDOR_PAGES_SHIFT "
            + "VENDOR_ECHOES_SECRET VENDOR_PAGE_MISSING VENDOR_TOO_MANY_PAGES VENDOR_FAILED IBKR_SILENT IBKR_NO_ACCOUNT IBKR_CLIENT_ID_POOL IBKR_LOST "
            + "IBKR_TIMEOUT IBKR_REJECTED IBKR_NOT_SUBSCRIBED IBKR_PACING IBKR_GARBLED PREFLIGHT_FAILED POOL_LOST COMMIT_CONFLICT COMMIT_FENCED "
            + "COMPACT_MISMATCH CONTROL_BUSY CONTROL_UNKNOWN_WORD SETTING_UNREADABLE"
            + " BUILD_TARGET_OFF CATALOG_MIGRATION CATALOG_MISSING CHECKPOINT_OVERDUE CHECK_INVALID COMMIT_SHRINKS"
            + " CONTROL_UNREADABLE DATASET_UNKNOWN DATE_OUTSIDE_REQUEST DAYS_INVALID DOMAIN_TOKEN_MISSING IBKR_CLIENT_ID"
            + " IBKR_NOT_IB KEY_REPEATED LIST_SHRINKS MODULE_LEFT_OUT MODULE_TEST_FAILED POOL_BUSY POOL_STUCK QUERY_MISSING"
            + " READINESS_BLOCKED RECORDING_INVALID REPLAY_EMPTY RETENTION_UNPARTITIONED SCHEMA_MISMATCH SCHEMA_TOO_WIDE"
            + " SQL_ERROR SQL_FUNCTION_REFUSED SQL_NOT_A_QUERY SQL_TIMEOUT SQL_TOO_LARGE STOPPED TABLE_APPEND_ONLY TABLE_FOREIGN TARGETS_MISSING"
            + " TARGETS_UNKNOWN TARGETS_UNREADABLE TYPE_UNSUPPORTED VALUE_MISSING VENDOR_BAD_REQUEST VENDOR_COLUMN_MISSING"
            + " VENDOR_ENVELOPE VENDOR_FORBIDDEN VENDOR_GARBLED VENDOR_HTTP_STATUS VENDOR_ROW_SHAPE VENDOR_UNAUTHORIZED"
            + " VENDOR_UNKNOWN VENDOR_UNREACHABLE VENDOR_VALUE VERSION_GONE",
    };

    [Fact]
    public void Codes_OfTheErrorsPage_AreWalkedOrNamedWithAReason()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/errors.md"));
        string[] codes = [.. Row().Matches(page).Select(m => m.Groups["code"].Value)];
        codes.Length.ShouldBeGreaterThan(100, "the search finds what is there");

        string[] walked = [.. s_walked.Distinct()];
        string[] named = [.. s_notWalked.Values.SelectMany(text => text.Split(' '))];

        walked.Intersect(named).ShouldBeEmpty("walked, and so not to be named");
        named.ShouldBeUnique();
        codes.Except(walked).Except(named).ShouldBeEmpty("neither walked nor named");
        walked.Concat(named).Except(codes).ShouldBeEmpty("no code of the page");
    }

    [GeneratedRegex("^\\| `(?<code>[A-Z0-9_]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
