using System.Diagnostics;
using System.Globalization;
using Tidemark.Control.Dialects;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Core.Secrets;

namespace Tidemark.Control.Tests;

public abstract class ControlDatabaseTests(ControlFixture fixture) : IDisposable
{
    private const string ChildVariable = "TIDEMARK_CONTROL_TEST_CHILD";
    private const int RunsOfAChild = 25;

    private static readonly CancellationToken s_none = CancellationToken.None;

    private static readonly string[] s_migrations =
    [
        .. typeof(ControlDatabase)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Open_NewDatabase_HasTheTablesThatUsersKnow()
    {
        await using var database = await _fixture.OpenAsync();

        var tables = _fixture.Sql(_fixture.TablesSql);
        tables.ShouldBe([
            "completeness_basis_tables_v1",
            "completeness_basis_v1",
            "completeness_days_v1",
            "completeness_ranges_v1",
            "completeness_runs_v2",
            "completeness_status_v2",
            "control_identity",
            "findings",
            "ingest_control_state_v1",
            "ingest_runs",
            "ingest_scheduler_config_v1",
            "ingest_step_runs_v1",
            "kept_answers",
            "lane_leases",
            "market_meta",
            "market_settings",
            "schedule_fires_v1",
            "schema_migrations",
            "secrets",
            "settings_history_v1",
            "target_materialization_runs",
            "target_task_status",
            "unit_attempts",
        ]);
    }

    [Theory]
    [InlineData(
        "ingest_runs",
        "id scope mode status as_of_trade_date started_at finished_at symbol_count inserted updated errors error_message meta_json"
    )]
    [InlineData(
        "ingest_step_runs_v1",
        "ingest_run_id step_id scope_id domain_id module_id stage status input_rows output_rows dropped_rows error_message started_at finished_at"
    )]
    [InlineData(
        "completeness_status_v2",
        "scope_id check_id entity_type entity_id bucket_id domain_id module_id asset_class as_of_trade_date status coverage_ratio source_run_id detail_json updated_at"
    )]
    [InlineData(
        "completeness_runs_v2",
        "id scope_id status as_of_trade_date entity_count complete_count partial_count missing_count not_applicable_count not_started_count source_run_id error_message started_at finished_at"
    )]
    [InlineData(
        "target_task_status",
        "symbol module_id asset_class as_of_trade_date status coverage_ratio source_run_id last_error updated_at"
    )]
    [InlineData(
        "target_materialization_runs",
        "id as_of_trade_date status symbol_count complete_count partial_count missing_count not_applicable_count source_run_id error_message started_at finished_at"
    )]
    public async Task Open_Tables_KeepTheirColumns(string table, string columns)
    {
        await using var database = await _fixture.OpenAsync();

        var actual = _fixture.Sql(_fixture.ColumnsSql(table));
        columns.Split(' ').Except(actual).ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_Twice_MigratesOnceAndKeepsWhatIsThere()
    {
        await using (var first = await _fixture.OpenAsync())
        {
            await new RunStore(first, _fixture.Ids).StartAsync(
                new RunStart(Pool.Universe, RunMode.Manual, null),
                s_none
            );
        }

        await using var second = await _fixture.OpenAsync();

        (await new RunStore(second, _fixture.Ids).ListAsync(10, s_none)).Count.ShouldBe(1);
        _fixture
            .Sql("select version, name, length(checksum) from schema_migrations order by version")
            .ShouldBe(s_migrations.Select(m => $"{int.Parse(m[..4], CultureInfo.InvariantCulture)}|{m[5..^4]}|64"));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedWithVersionAndProgram()
    {
        await using (await _fixture.OpenAsync()) { }
        _fixture.Sql("insert into schema_migrations values (99, 'later', 'x', 'tidemark 9.9.9', 0)");

        var error = await Should.ThrowAsync<TidemarkException>(_fixture.OpenAsync);

        error.Code.ShouldBe("CONTROL_NEWER");
        error.Message.ShouldContain("schema version 99, written by tidemark 9.9.9");
        error.Message.ShouldContain(
            $"knows version {int.Parse(s_migrations[^1][..4], CultureInfo.InvariantCulture)} at most"
        );
        _fixture.Sql("select count(*) from schema_migrations").ShouldBe([$"{s_migrations.Length + 1}"]);
    }

    [Fact]
    public async Task Open_AlteredMigration_IsRefused()
    {
        await using (await _fixture.OpenAsync()) { }
        _fixture.Sql("update schema_migrations set checksum = 'other'");

        (await Should.ThrowAsync<TidemarkException>(_fixture.OpenAsync)).Code.ShouldBe("CONTROL_ALTERED");
    }

    [Fact]
    public async Task Write_ThatThrows_LeavesNothing()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = new RunStore(database, _fixture.Ids);
        var id = await runs.StartAsync(new RunStart(Pool.Universe, RunMode.Manual, null), s_none);
        var now = _fixture.Clock.GetUtcNow();
        var step = new StepRow(
            "m:extract",
            Pool.Universe,
            null,
            "m",
            StepStage.Extract,
            StepStatus.Running,
            null,
            null,
            null,
            null,
            now,
            null
        );

        // The step breaks the foreign key to its run.
        await Should.ThrowAsync<TidemarkException>(() => runs.WriteStepsAsync("no such run", [step], s_none));

        (await runs.FindAsync(id, s_none))!.Steps.ShouldBeEmpty();
        _fixture.Sql("select count(*) from ingest_step_runs_v1").ShouldBe(["0"]);
    }

    [Fact]
    public async Task Open_ManyConnectionsAtOnce_AllSucceed()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(_fixture.OpenAsync)));

        _fixture.Sql("select count(*) from schema_migrations").ShouldBe([$"{s_migrations.Length}"]);
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Open_TwoProcessesAtOnce_BothWriteEverything()
    {
        var children = new[] { StartChild(), StartChild() };
        foreach (var child in children)
        {
            var output = await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            child.ExitCode.ShouldBe(0, output);
            child.Dispose();
        }

        _fixture.Sql("select count(*) from schema_migrations").ShouldBe([$"{s_migrations.Length}"]);
        _fixture
            .Sql("select count(*), sum(case when status = 'success' then 1 else 0 end) from ingest_runs")
            .ShouldBe([$"{2 * RunsOfAChild}|{2 * RunsOfAChild}"]);
        _fixture.Sql("select count(*) from ingest_step_runs_v1").ShouldBe([$"{2 * RunsOfAChild}"]);
    }

    /// <summary>The work of one process of the test above, which asks for it by name.</summary>
    [Fact(Explicit = true)]
    public async Task Child_OpensAndWrites()
    {
        await using var database = await OpenAsync(Environment.GetEnvironmentVariable(ChildVariable)!);
        var runs = new RunStore(database, _fixture.Ids);
        for (var i = 0; i < RunsOfAChild; i++)
        {
            var id = await runs.StartAsync(new RunStart(Pool.Universe, RunMode.Manual, null), s_none);
            var journal = new StepJournal(runs, id, Pool.Universe, TimeProvider.System);
            journal.Finish(journal.Start("m", null, StepStage.Extract), 1, 1);
            await journal.FlushAsync(s_none);
            await runs.FinishAsync(id, new RunResult(RunStatus.Success), s_none);
        }
    }

    private static Task<ControlDatabase> OpenAsync(string place) =>
        PostgresAddress.IsOne(place)
            ? ControlDatabase.OpenAsync(
                PostgresAddress.Parse(place, out _)!,
                "unused",
                TimeProvider.System,
                new SecretMask(),
                telemetry: null,
                s_none
            )
            : ControlDatabase.OpenAsync(place, TimeProvider.System, s_none);

    private Process StartChild()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Tidemark.Control.Tests");
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? program + ".exe" : program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-explicit",
                "only",
                "-method",
                $"*.Sqlite{nameof(ControlDatabaseTests)}.{nameof(Child_OpensAndWrites)}",
            },
            Environment = { [ChildVariable] = _fixture.Place },
        };
        return Process.Start(start)!;
    }
}

public sealed class SqliteControlDatabaseTests() : ControlDatabaseTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresControlDatabaseTests() : ControlDatabaseTests(new PostgresFixture());
