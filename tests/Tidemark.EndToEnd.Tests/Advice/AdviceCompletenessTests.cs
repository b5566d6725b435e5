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
        VendorAdvice.All,
        PageAdvice.All,
        RunAdvice.All,
        LakeAdvice.All,
        TableAdvice.All,
        QueryAdvice.All,
    }
        .SelectMany(section => section)
        .Select(scenario => scenario.Code)
        .Append("PORT_TAKEN"); // QueryAdvice: its port is known only when the test runs

    /// <summary>Reason, and the codes that it holds for; the tests of another project provoke each.</summary>
    private static readonly Dictionary<string, string> s_provokedElsewhere = new()
    {
        [
            "a bucket's server is not on every machine; S3Tests and the tests of the store provoke them where there is one"
        ] =
            "STORE_UNCONDITIONAL CACHE_TOO_SMALL S3_CREDENTIALS S3_DENIED S3_BUCKET_MISSING S3_REDIRECTED S3_UNAVAILABLE S3_FAILED",
        ["a full disk, or rights that the user of the tests (root) always has"] =
            "WORKSPACE_UNREADABLE DISK_FULL STORE_READ_ONLY CONTROL_READ_ONLY",
        ["memory that would have to be small, or answers that would have to be large"] = "UNIT_TOO_LARGE",
        ["a time-out of half a minute that no key shortens; the clients' tests have clocks of their own"] =
            "VENDOR_TIMEOUT IBKR_TIMEOUT",
        ["the fixture asks Tushare alone; the tests of AkShare's client and of runs with both vendors provoke them"] =
            "VENDOR_NOT_SUPPORTED VENDOR_UPSTREAM_CHANGED",
        ["as many calls as halt a source, and a wait; SourceTests have a clock of their own"] = "VENDOR_SOURCE_DOWN",
        ["the fixture has no files of its own; DropTests put them down, break them and mend them"] =
            "FILE_AWAITED FILE_UNFINISHED FILE_UNREADABLE FILE_AMBIGUOUS FILE_ENCODING FILE_PATH_INVALID FILE_FOLDER_MISSING",
        ["a simulated gateway always has an account"] = "IBKR_NO_ACCOUNT",
        ["a data file and its log would have to be made to differ in what no other check sees"] = "COMPACT_MISMATCH",
        ["a file that a check cannot read is left out and named, where the lake is a folder"] = "CHECK_UNREADABLE",
        ["retention would have to drop days of the fixture's two; LostInputTests do as it advises"] =
            "BUILD_INPUTS_RETIRED",
        ["commands say in words that no day is due yet"] = "COMPLETENESS_RANGE_EMPTY",
        ["the definitions are read more strictly today: DEFINITION_INVALID or CONFIG_INVALID says it before"] =
            "DEFINITIONS_MISSING",
        ["a folder that is removed under the process that works in it"] = "FOLDER_GONE",
        ["the machine's clock would have to be changed; the tests of the command line have one of their own"] =
            "CLOCK_WRONG",
        ["the simulated vendor does not have what is retired"] = "DATASET_RETIRED",
        ["every dataset of the fixture would have to be off; RunOperationTests switch them off"] = "NOTHING_PLANNED",
        ["the token of a plan would have to be read from what `plan` prints; PreviewPlanTests do"] = "PLAN_MOVED",
        ["it asks no vendor and changes nothing: RecordedAnswerTests give it such folders"] = "ANSWERS_MISSING",
        ["every exchange that a dataset may name has a calendar that is shipped"] = "CALENDAR_UNKNOWN",
        ["it asks no vendor and changes nothing: LiveAnswerTests give it such a folder"] = "PAGES_MISSING",
        ["a process has to be stopped in the middle of its work"] = "STOPPED",
        ["a fault of Tidemark itself, to be reported"] = "INTERNAL_ERROR",
        ["no dataset that is shipped is fetched by symbol, period or announcement"] =
            "DATE_MISSING PART_OUTSIDE_REQUEST",
        ["the fixture's vendor sends what its market has; the tests of runs rewrite its rows"] =
            "UNITS_CHANGED RULE_BROKEN COLUMNS_NEW AXIS_DIFFERS",
        ["the fixture's control database is a file; PostgresOpenTests have servers and roles for it"] =
            "CONTROL_REFUSED CONTROL_UNSUITABLE CONTROL_BUSY",
        ["targets by tags and indices; TargetRuleTests provoke and mend them"] =
            "TAG_UNKNOWN TARGETS_BAD_RULE TARGETS_ELSEWHERE TARGETS_EMPTY TARGETS_UNMATCHED TARGETS_UNRESOLVED",
        ["they steer what runs in another process; ServeTests and LaneTests do"] =
            "LANE_PAUSED LANE_NOT_PAUSED NOTHING_RUNS CANCEL_PENDING CLOCK_INVALID SCHEDULE_INVALID",
        [
            "issues that block nothing, or are of sources that the fixture does not have; ReadinessTests have each of them"
        ] =
            "MODULE_NOT_SYNC_CAPABLE MODULE_TEST_REQUIRED MODULE_TEST_STALE DOMAIN_TEST_REQUIRED DOMAIN_TEST_STALE DOMAIN_TEST_FAILED DOMAIN_PROVIDER_NOT_ACTIVE DOMAIN_HAS_NO_ENABLED_MODULES RUNTIME_API_MISSING",
        [
            "the fixture's flags are on, and it has one account; ModuleRunTests, SourcesTests and EntitlementTests do as it is advised"
        ] = "FLAG_REQUIRED FLAG_UNPROVED FLAG_UNKNOWN SOURCE_UNKNOWN NO_SYNC_MODULE_SELECTED ACCOUNT_REFUSED",
        ["more failing days than the fixture has"] = "BUILD_GIVEN_UP",
    };

    /// <summary>
    /// Reason, and the codes that it holds for; nothing in a test can make them, and each comes from one place.
    /// </summary>
    private static readonly Dictionary<string, string> s_fromOnePlace = new()
    {
        ["a disk that fails, or is nearly full"] = "DISK_LOW CHECKPOINT_FAILED CONTROL_FAILED COLUMN_TOO_LARGE",
        ["only a program that is not there yet can write it"] = "CONTROL_UNKNOWN_WORD",
        ["a run says LANE_LOST for it"] = "COMMIT_FENCED",
        ["it is the answer that a client of the simulator sees"] = "SIMULATED_REFUSAL",
    };

    private static readonly string[] s_elsewhere = Named(s_provokedElsewhere);
    private static readonly string[] s_onePlace = Named(s_fromOnePlace);

    [Fact]
    public void Codes_OfTheErrorsPage_AreWalkedOrNamedWithAReason()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/errors.md"));
        string[] codes = [.. Row().Matches(page).Select(m => m.Groups["code"].Value)];
        codes.Length.ShouldBeGreaterThan(100, "the search finds what is there");

        string[] walked = [.. s_walked.Distinct()];
        string[] named = [.. s_elsewhere, .. s_onePlace];

        walked.Intersect(named).ShouldBeEmpty("walked, and so not to be named");
        named.ShouldBeUnique();
        codes.Except(walked).Except(named).ShouldBeEmpty("neither walked nor named");
        walked.Concat(named).Except(codes).ShouldBeEmpty("no code of the page");
    }

    [Fact]
    public void Codes_ThatAreProvokedElsewhere_StandInATestThere()
    {
        // Neither a comment nor an error that the test makes itself provokes anything.
        string[] tests =
        [
            .. Texts("tests")
                .Where(t => !t.Path.Contains("/Advice/"))
                .SelectMany(t => t.Text.Split('\n'))
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !Made().IsMatch(line)),
        ];

        s_elsewhere
            .Where(code =>
                ConstantsOf(code)
                    .Append(code)
                    .All(name => !tests.Any(line => line.Contains(name, StringComparison.Ordinal)))
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public void Codes_ThatNobodyCanProvoke_ComeFromOnePlace() =>
        s_onePlace
            .Where(code => Texts("src").Sum(t => Regex.Count(t.Text, $"\"{code}\"")) != 1)
            .ShouldBeEmpty("at several places, so that one of them may well be reached");

    private static string[] Named(Dictionary<string, string> reasons) =>
        [.. reasons.Values.SelectMany(text => text.Split(' '))];

    /// <summary>
    /// What a code is called in the sources, with the class that has the name: several have a <c>Timeout</c>.
    /// </summary>
    private static IEnumerable<string> ConstantsOf(string code) =>
        Texts("src")
            .SelectMany(t =>
                Regex
                    .Matches(t.Text, $"const string (?<name>\\w+) = \"{code}\"")
                    .Select(m =>
                        $"{ClassName().Matches(t.Text[..m.Index])[^1].Groups["name"].Value}.{m.Groups["name"].Value}"
                    )
            );

    private static IEnumerable<(string Path, string Text)> Texts(string below) =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Root, below), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(f => (f, File.ReadAllText(f)));

    [GeneratedRegex("^\\| `(?<code>[A-Z0-9_]+)` \\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"new (Tidemark|Vendor|Ibkr)Exception\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Made();

    [GeneratedRegex(@"\b(class|record) (?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ClassName();
}
