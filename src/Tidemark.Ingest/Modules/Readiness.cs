using Tidemark.Core.Datasets;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Ingest.Modules;

/// <summary>What is known when readiness is asked for.</summary>
/// <param name="Providers">The vendors whose clients this program has.</param>
/// <param name="NoToken">By vendor and domain: why there is no token; nothing where there is one.</param>
/// <param name="Tests">The last probe of a dataset with the present account; none where there was none.</param>
/// <param name="Untestable">Datasets that cannot be probed as yet: nobody can tell what to ask with.</param>
public sealed record ReadinessFacts(
    IReadOnlySet<string> Providers,
    IReadOnlyDictionary<(string Vendor, Bucket Domain), string> NoToken,
    IReadOnlyDictionary<string, ProbeRecord> Tests,
    IReadOnlySet<string> Untestable
);

/// <summary>
/// Whether a scope may run, and what stands in its way. Only what the plan runs in the scope is looked at, so that
/// nothing else can block it. What concerns one dataset beside others that may run is a warning: a run leaves it out.
/// Pure.
/// </summary>
public static class Readiness
{
    /// <param name="plan">The decision on modules.</param>
    /// <param name="scope">The datasets that a run of the scope would fetch.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="now">By which tests are old.</param>
    public static IReadOnlyList<ReadinessIssue> Of(
        ModulePlan plan,
        IReadOnlyList<DatasetDefinition> scope,
        ReadinessFacts facts,
        DateTimeOffset now
    )
    {
        var issues = new List<ReadinessIssue>();
        var canRun = scope.Any(d => IsGood(d, facts));
        foreach (var bucket in Enum.GetValues<Bucket>())
        {
            DatasetDefinition[] own = [.. scope.Where(d => d.Bucket == bucket)];
            issues.AddRange(OfDomain(plan, bucket, own, facts));
            issues.AddRange(OfTests(bucket, own, facts, canRun, now));
        }

        if (scope.Count == 0)
        {
            issues.Add(
                new ReadinessIssue(
                    ReadinessIssue.Error,
                    ReadinessIssue.NothingSelected,
                    "No module is left to run: all are switched off, or flags leave them out (`tidemark sources` tells which and by whom).",
                    null,
                    null
                )
            );
        }

        return issues;
    }

    private static IEnumerable<ReadinessIssue> OfDomain(
        ModulePlan plan,
        Bucket bucket,
        DatasetDefinition[] own,
        ReadinessFacts facts
    )
    {
        var domain = plan.Input.Sources.Domain(bucket.Name());
        // A domain that somebody cares about, and that is off as a whole by nobody's decision.
        var isWanted = domain.Enabled is true || domain.Modules.Count > 0;
        if (isWanted && domain.Enabled is not false && !plan.Enabled.Any(d => d.Bucket == bucket))
        {
            yield return Issue(
                ReadinessIssue.Warning,
                "DOMAIN_HAS_NO_ENABLED_MODULES",
                $"{bucket.Name()}: the domain is on, and none of its modules is (`tidemark sources enable MODULE`).",
                bucket
            );
        }

        if (plan.Input.Sources.ProviderOf(bucket.Name()) is var provider && !facts.Providers.Contains(provider))
        {
            yield return Issue(
                own.Length > 0 ? ReadinessIssue.Error : ReadinessIssue.Warning,
                "DOMAIN_PROVIDER_NOT_ACTIVE",
                $"{bucket.Name()}: this program has no client for '{provider}', which the source configuration names; it has {string.Join(", ", facts.Providers.Order(StringComparer.Ordinal))}.",
                bucket
            );
        }

        foreach (var vendor in own.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            if (!facts.Providers.Contains(vendor))
            {
                yield return Issue(
                    ReadinessIssue.Error,
                    "RUNTIME_API_MISSING",
                    $"{bucket.Name()}: this program has no client for the vendor '{vendor}' of {own.First(d => d.Vendor == vendor).Id}.",
                    bucket
                );
            }
            else if (facts.NoToken.TryGetValue((vendor, bucket), out var missing))
            {
                yield return Issue(ReadinessIssue.Error, "DOMAIN_TOKEN_MISSING", $"{bucket.Name()}: {missing}", bucket);
            }
        }
    }

    private static IEnumerable<ReadinessIssue> OfTests(
        Bucket bucket,
        DatasetDefinition[] own,
        ReadinessFacts facts,
        bool canRun,
        DateTimeOffset now
    )
    {
        foreach (var dataset in own.Where(d => facts.Untestable.Contains(d.Id)))
        {
            yield return Issue(
                ReadinessIssue.Warning,
                "MODULE_NOT_SYNC_CAPABLE",
                $"{dataset.Switch}: it cannot be probed before its list is in the lake: add `sample: …` to its `part`.",
                bucket,
                dataset
            );
        }

        DatasetDefinition[] asked =
        [
            .. own.Where(d =>
                facts.Providers.Contains(d.Vendor)
                && !facts.NoToken.ContainsKey((d.Vendor, bucket))
                && !facts.Untestable.Contains(d.Id)
            ),
        ];
        foreach (
            var issue in Together(
                bucket,
                asked,
                [.. asked.Where(d => !facts.Tests.ContainsKey(d.Id))],
                "TEST_REQUIRED",
                "was never probed with this account"
            )
        )
        {
            yield return issue;
        }

        foreach (
            var issue in Together(
                bucket,
                asked,
                [
                    .. asked.Where(d =>
                        facts.Tests.GetValueOrDefault(d.Id) is { Status: ProbeRecord.Pass } test && test.IsStale(now)
                    ),
                ],
                "TEST_STALE",
                "was probed more than 24 hours ago, or something has changed since"
            )
        )
        {
            yield return issue;
        }

        DatasetDefinition[] failed =
        [
            .. asked.Where(d => facts.Tests.GetValueOrDefault(d.Id) is { Status: ProbeRecord.Fail }),
        ];
        if (failed.Length > 0 && failed.Length == asked.Length)
        {
            yield return Issue(
                canRun ? ReadinessIssue.Warning : ReadinessIssue.Error,
                "DOMAIN_TEST_FAILED",
                $"{bucket.Name()}: none of its {failed.Length} probes passed: {facts.Tests[failed[0].Id].Message}",
                bucket
            );
        }

        foreach (var dataset in failed)
        {
            yield return ReadinessIssue.Failed(facts.Tests[dataset.Id], dataset, canRun);
        }
    }

    /// <summary>One issue of the domain where it is about all of its modules; else one a dataset.</summary>
    private static IEnumerable<ReadinessIssue> Together(
        Bucket bucket,
        DatasetDefinition[] all,
        DatasetDefinition[] some,
        string code,
        string what
    ) =>
        some.Length == 0 ? []
        : some.Length == all.Length
            ?
            [
                Issue(
                    ReadinessIssue.Error,
                    $"DOMAIN_{code}",
                    $"{bucket.Name()}: each of its {all.Length} datasets {what} (`tidemark sources test {bucket.Name()}`).",
                    bucket
                ),
            ]
        : some.Select(d =>
            Issue(
                ReadinessIssue.Error,
                $"MODULE_{code}",
                $"{d.Switch}: it {what} (`tidemark sources test {d.Module}`).",
                bucket,
                d
            )
        );

    private static bool IsGood(DatasetDefinition dataset, ReadinessFacts facts) =>
        facts.Tests.GetValueOrDefault(dataset.Id) is { Status: ProbeRecord.Pass };

    private static ReadinessIssue Issue(
        string level,
        string code,
        string message,
        Bucket domain,
        DatasetDefinition? dataset = null
    ) => new(level, code, message, domain.Name(), dataset?.Module) { DatasetId = dataset?.Id };
}
