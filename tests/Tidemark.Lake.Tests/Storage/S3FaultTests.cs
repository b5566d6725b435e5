using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Testing.Stores;

namespace Tidemark.Lake.Tests.Storage;

/// <summary>A lake on a real S3 server that does not always answer, or not as it should.</summary>
[Trait("Speed", "Slow")]
public sealed class S3FaultTests(ITestOutputHelper output) : S3Fixture
{
    private const int Writers = 2;
    private const int CommitsAWriter = 40;
    private static readonly DateOnly s_day = LakeFixture.Day;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Commits_ThroughAFaultyNetwork_AcknowledgedOnesStandOnceAndTheLogHasNoGap(int seed)
    {
        using var handler = new FaultyS3Handler(seed, share: 0.15);
        var acknowledged = new ConcurrentBag<string>();
        var unknown = new ConcurrentBag<string>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(async writer =>
                {
                    var store = NewStore(handler);
                    var lake = NewLake(store);
                    for (var i = 0; i < CommitsAWriter; i++)
                    {
                        // Now and then one that knows nothing yet, and so lists the log.
                        lake = i % 4 == 0 ? NewLake(store) : lake;
                        var unit = $"w{writer}/{i}";
                        try
                        {
                            (
                                await CommitAsync(lake, unit, s_day.AddDays(i % 7), (unit, i))
                            ).IsNewVersion.ShouldBeTrue();
                            acknowledged.Add(unit);
                        }
                        catch (TidemarkException e) when (e.IsTransient)
                        {
                            unknown.Add(unit);
                        }
                    }
                })
        );
        output.WriteLine(
            $"proof: S3 that fails, seed {seed}: {acknowledged.Count} commits, {unknown.Count} of unknown outcome, "
                + string.Join(", ", handler.Done.Select(d => $"{d.Value} × {d.Key}"))
        );

        var clean = NewLake(NewStore());
        var units = new List<string>();
        var prefix = LakeFixture.Prices().Id.Prefix;
        for (long version = 0; ; version++)
        {
            var key = DeltaLog.EntryKey(prefix, version);
            if (await clean.Store.GetAsync(key, default) is not { } content)
            {
                var entries = await Bucket.NamesAsync();
                entries
                    .Count(n => n.Contains("_delta_log/0000") && n.EndsWith(".json"))
                    .ShouldBe((int)version, "no gap");
                break;
            }

            units.AddRange(DeltaLog.Read(key, content).Where(l => l.Add is not null).Select(l => l.Add!.Unit!));
        }

        units.Distinct().Count().ShouldBe(units.Count, "no unit stands twice");
        acknowledged.Except(units).ShouldBeEmpty();
        units.Except(acknowledged).Except(unknown).ShouldBeEmpty();
        acknowledged.Count.ShouldBeGreaterThan(Writers * CommitsAWriter * 9 / 10);
        handler.Done.Values.Sum().ShouldBeGreaterThan(Writers * CommitsAWriter);
        (await ScalarAsync(clean, "SELECT count(*) FROM ods.ods_prices")).ShouldBe((long)units.Count);
    }

    [Fact]
    public async Task Commit_ListingThatLacksTheNewestEntry_ComesAfterIt()
    {
        await CommitAsync(NewLake(NewStore()), "u/1", s_day, ("a", 1));
        await CommitAsync(NewLake(NewStore()), "u/2", s_day, ("b", 2));
        var newest = DeltaLog.EntryKey("lake/" + LakeFixture.Prices().Id.Prefix, 1);
        var hidden = 0;
        using var handler = new InterceptingHandler(
            async (request, send) =>
            {
                var response = await send();
                if (request.RequestUri!.Query.Contains("list-type"))
                {
                    var all = await response.Content.ReadAsStringAsync();
                    var some = Regex.Replace(
                        all,
                        $"<Contents>(?:(?!</Contents>).)*?<Key>{Regex.Escape(newest)}</Key>.*?</Contents>",
                        ""
                    );
                    hidden += all == some ? 0 : 1;
                    response.Content = new StringContent(some, Encoding.UTF8, "application/xml");
                }

                return response;
            }
        );

        (await CommitAsync(NewLake(NewStore(handler)), "u/3", s_day, ("c", 3))).Version.ShouldBe(2);

        hidden.ShouldBeGreaterThan(0);
        (await ScalarAsync(NewLake(NewStore()), "SELECT count(*) FROM ods.ods_prices")).ShouldBe(3L);
    }

    [Fact]
    public async Task PutIfAbsent_AnswerLostAfterItWasApplied_IsTransientAndSentOnce()
    {
        var puts = 0;
        using var handler = new InterceptingHandler(
            async (request, send) =>
            {
                var response = await send();
                if (request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith("/a/b"))
                {
                    puts++;
                    throw new HttpRequestException("the connection was reset");
                }

                return response;
            }
        );
        var store = NewStore(handler);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            store.PutIfAbsentAsync("a/b", "mine"u8.ToArray(), default)
        );

        error.Kind.ShouldBe(ErrorKind.Transient);
        error.Code.ShouldBe("S3_UNAVAILABLE");
        error.Message.ShouldContain("a/b");
        puts.ShouldBe(1);
        (await store.GetAsync("a/b", default)).ShouldBe("mine"u8.ToArray());
    }

    [Fact]
    public async Task PutIfAbsent_ConflictThatWasNotApplied_IsTriedAgain()
    {
        var conflicts = 0;
        using var handler = new InterceptingHandler(
            async (request, send) =>
                request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath.EndsWith("/a/b") && conflicts++ < 2
                    ? InterceptingHandler.Error(HttpStatusCode.Conflict, "ConditionalRequestConflict")
                    : await send()
        );
        (await NewStore(handler).PutIfAbsentAsync("a/b", "x"u8.ToArray(), default)).ShouldBeTrue();
        conflicts.ShouldBe(3);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "ExpiredToken", ErrorKind.Unauthorized, "S3_CREDENTIALS")]
    [InlineData(HttpStatusCode.Forbidden, "InvalidAccessKeyId", ErrorKind.Unauthorized, "S3_CREDENTIALS")]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", ErrorKind.Permission, "S3_DENIED")]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", ErrorKind.Configuration, "S3_BUCKET_MISSING")]
    [InlineData(HttpStatusCode.MovedPermanently, "PermanentRedirect", ErrorKind.Configuration, "S3_REDIRECTED")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SlowDown", ErrorKind.Transient, "S3_UNAVAILABLE")]
    [InlineData(HttpStatusCode.BadGateway, "", ErrorKind.Transient, "S3_UNAVAILABLE")]
    [InlineData(HttpStatusCode.BadRequest, "InvalidArgument", ErrorKind.Storage, "S3_FAILED")]
    public async Task Get_ServerRefuses_SaysWhereAndWhatToDoAndNoSecret(
        HttpStatusCode status,
        string code,
        ErrorKind kind,
        string expected
    )
    {
        using var handler = new InterceptingHandler((_, _) => Task.FromResult(InterceptingHandler.Error(status, code)));
        var store = NewStore(handler);
        var error = await Should.ThrowAsync<TidemarkException>(() => store.GetAsync("ods/a", default));
        error.Code.ShouldBe(expected);
        error.Kind.ShouldBe(kind);
        error.Message.ShouldContain(Bucket.Name);
        error.Message.ShouldContain(Bucket.Server.Endpoint.Authority);
        error.Message.ShouldContain("ods/a");
        error.ToString().ShouldNotContain(Bucket.Server.SecretKey);
    }

    [Fact]
    public async Task Open_WrongKeysOrBucketOrPort_SaysWhich()
    {
        var wrongKey = NewStore(with: o => o with { SecretKey = "not-the-secret" });
        (await Should.ThrowAsync<TidemarkException>(() => wrongKey.GetAsync("a/b", default))).Code.ShouldBe(
            "S3_CREDENTIALS"
        );
        var noBucket = NewStore(with: o => o with { Bucket = "there-is-none" });
        (await Should.ThrowAsync<TidemarkException>(() => noBucket.GetAsync("a/b", default))).Code.ShouldBe(
            "S3_BUCKET_MISSING"
        );
        var noServer = NewStore(with: o => o with { Endpoint = new Uri("http://127.0.0.1:9"), Attempts = 2 });
        (await Should.ThrowAsync<TidemarkException>(() => noServer.GetAsync("a/b", default))).Code.ShouldBe(
            "S3_UNAVAILABLE"
        );
    }

    [Fact]
    public async Task Get_BodyCutOnTheWay_IsFetchedAgainAndNeverHalf()
    {
        var cuts = 0;
        using var handler = new InterceptingHandler(
            async (request, send) =>
            {
                var response = await send();
                if (request.Method == HttpMethod.Get && cuts < 3)
                {
                    cuts++;
                    response.Content = new ByteArrayContent((await response.Content.ReadAsByteArrayAsync())[..5]);
                }

                return response;
            }
        );
        var store = NewStore(handler);
        await store.PutAsync("a/b", "line 1\nline 2\n"u8.ToArray(), Durability.Durable, default);
        (await store.GetAsync("a/b", default)).ShouldBe("line 1\nline 2\n"u8.ToArray());
        cuts.ShouldBe(3);
    }

    [Fact]
    public async Task Commit_CredentialsExpireInTheMiddle_SaysSoAndLosesNothing()
    {
        var expired = false;
        using var handler = new InterceptingHandler(
            async (_, send) =>
                expired ? InterceptingHandler.Error(HttpStatusCode.Forbidden, "ExpiredToken") : await send()
        );
        var lake = NewLake(NewStore(handler));
        await CommitAsync(lake, "u/1", s_day, ("a", 1));
        expired = true;

        var error = await Should.ThrowAsync<TidemarkException>(() => CommitAsync(lake, "u/2", s_day, ("b", 2)));

        error.Code.ShouldBe("S3_CREDENTIALS");
        expired = false;
        (await ScalarAsync(lake, "SELECT string_agg(code) FROM ods.ods_prices")).ShouldBe("a");
        await CommitAsync(lake, "u/2", s_day, ("b", 2));
        (await ScalarAsync(NewLake(NewStore()), "SELECT string_agg(code ORDER BY code) FROM ods.ods_prices")).ShouldBe(
            "a,b"
        );
    }

    [Fact]
    public async Task Commit_ServerThatIgnoresTheCondition_IsRefusedByName()
    {
        using var handler = new InterceptingHandler(
            async (_, send) =>
            {
                var response = await send();
                if (response.StatusCode == HttpStatusCode.PreconditionFailed)
                {
                    response.StatusCode = HttpStatusCode.OK;
                    response.Content = new ByteArrayContent([]);
                }

                return response;
            }
        );
        var store = NewStore(handler);
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            CommitAsync(NewLake(store), "u/1", s_day, ("a", 1))
        );
        error.Code.ShouldBe("STORE_UNCONDITIONAL");
        error.Message.ShouldContain("If-None-Match");
        (await Bucket.NamesAsync()).ShouldAllBe(n => !n.Contains("_delta_log") && !n.Contains("_tidemark"));
        var finding = (await new StoreProbe(store).RunAsync(default)).First(f => !f.Ok);
        finding.Name.ShouldBe("put_if_absent");
    }

    [Fact]
    public async Task Publish_PartsThatKeepFailing_LeavesNoUploadBehind()
    {
        using var handler = new InterceptingHandler(
            async (request, send) =>
                request.RequestUri!.Query.Contains("partNumber=2")
                    ? InterceptingHandler.Error(HttpStatusCode.InternalServerError, "InternalError")
                    : await send()
        );
        var store = NewStore(handler, with: o => o with { MultipartThreshold = 6 << 20, PartBytes = 5 << 20 });
        var path = Path.Combine(Bucket.CacheFolder, "large");
        await File.WriteAllBytesAsync(path, new byte[12 << 20]);
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            store.PublishAsync([new PublishedFile(path, "ods/t/large")], default)
        );
        error.Code.ShouldBe("S3_UNAVAILABLE");
        (await Bucket.Client.ListMultipartUploadsAsync(Bucket.Name)).MultipartUploads.ShouldBeNull();
        (await Bucket.NamesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_RealServer_FindsEveryPromiseKeptAndLeavesNothing()
    {
        var findings = await new StoreProbe(NewStore()).RunAsync(default);
        findings.ShouldAllBe(f => f.Ok);
        findings
            .Select(f => f.Name)
            .ShouldBe(["put_if_absent", "read_after_write", "list_after_write", "range", "delete"]);
        (await Bucket.NamesAsync()).ShouldBeEmpty();
    }
}
