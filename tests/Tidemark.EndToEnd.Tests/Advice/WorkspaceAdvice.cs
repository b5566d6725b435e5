namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>"Workspace", "Secrets" and "Control database" of <c>docs/errors.md</c>.</summary>
public sealed class WorkspaceAdvice(AdviceLake lake) : AdviceWalk(lake)
{
    private const string StoredToken = "token: test";
    private const string NoToken = "token: \"\"";
    private static readonly string[] s_refetch = AdviceLake.RefetchDaily;

    internal static readonly AdviceScenario[] All =
    [
        new("CONFIG_INVALID", "tables")
        {
            Break = w => Configure(w, "timezone: Mars/Olympus"),
            Exit = 2,
            Says = "tidemark.yaml:",
            Obey = w => Edit(w, "tidemark.yaml", "Mars/Olympus", "Asia/Shanghai"),
        },
        new("WORKSPACE_NOT_FOUND", "tables")
        {
            Break = w => Do(() => File.Delete(w.At("tidemark.yaml"))),
            Exit = 2,
            Says = "tidemark init",
            Obey = w => w.DoAsync("init"),
        },
        new("WORKSPACE_EXISTS", "init")
        {
            Exit = 2,
            Says = "another folder",
            Then = ["init", "another"],
        },
        new("WORKSPACE_UNWRITABLE", "init", "mine/workspace")
        {
            Break = w => Do(() => w.Write("mine", "a file where a folder is to be")),
            Exit = 1,
            Says = "Check the folder's owner and the disk, or choose another folder",
            Obey = w => Do(() => File.Delete(w.At("mine"))),
        },
        new("PATH_UNSUPPORTED", "tables")
        {
            Break = w => Configure(w, "lake: './back\\slash*'"),
            Exit = 2,
            Says = "choose another place",
            // The place where the lake is: another one would be told of as empty.
            Obey = w => Edit(w, "tidemark.yaml", "back\\slash*", "lake"),
        },
        new("LAKE_UNSUPPORTED", "tables")
        {
            Break = w => Configure(w, "lake: 's3:///prefix'"),
            Exit = 2,
            Says = "s3://bucket/prefix",
            // Or a folder, as the page says: there is no bucket here.
            Obey = w => Edit(w, "tidemark.yaml", "s3:///prefix", "./lake"),
        },
        new("LAKE_IS_FILE", "tables")
        {
            Break = w =>
            {
                w.Write("mine", "a file");
                return Configure(w, "lake: ./mine");
            },
            Exit = 2,
            Says = "'lake' in tidemark.yaml",
            Obey = w => Edit(w, "tidemark.yaml", "lake: ./mine", "lake: ./lake"),
        },
        new("CONTROL_UNREACHABLE", "runs")
        {
            Break = w => Configure(w, "control: postgres://user:password@127.0.0.1:1/db"),
            Exit = 1,
            Says = "check host and port of 'control' in tidemark.yaml",
            Obey = w => Edit(w, "tidemark.yaml", "postgres://user:password@127.0.0.1:1/db", "./control.db"),
        },
        new("SECRET_MISSING", "tables")
        {
            Break = w => Configure(w, "lake: s3://bucket/prefix"),
            Exit = 2,
            Says = "S3_ACCESS_KEY",
            Obey = w =>
                Do(() =>
                {
                    // The bucket itself is not there, which is another error: this one is about the variables.
                    w.Environment["S3_ACCESS_KEY"] = w.Environment["S3_SECRET_KEY"] = "key";
                    w.Environment["TIDEMARK__S3__ENDPOINT"] = w.Vendor.ToString();
                }),
            ExitThen = 1,
        },
        new("TOKEN_MISSING", s_refetch)
        {
            Break = w => Edit(w, "tidemark.yaml", StoredToken, NoToken),
            Exit = 3,
            Says = "or store one with `tidemark token set`",
            Obey = w => w.StoreTokenAsync("test"),
        },
        new("TOKEN_MISSING", s_refetch)
        {
            Break = w => Edit(w, "tidemark.yaml", StoredToken, NoToken),
            Exit = 3,
            Says = "Set `vendors.tushare.token` in tidemark.yaml",
            Obey = w => Edit(w, "tidemark.yaml", NoToken, StoredToken),
        },
        new("TOKEN_MISSING", s_refetch)
        {
            Break = w => Edit(w, "tidemark.yaml", $"{StoredToken}, ", ""),
            Exit = 3,
            Says = "Set the environment variable TUSHARE_TOKEN",
            Obey = w => Do(() => w.Environment["TUSHARE_TOKEN"] = "test"),
        },
        new("TOKEN_UNREADABLE", s_refetch)
        {
            Break = async w =>
            {
                await Edit(w, "tidemark.yaml", StoredToken, NoToken);
                await w.StoreTokenAsync("test");
                Directory.Delete(w.At("control.db.keys"), recursive: true);
            },
            Exit = 3,
            Says = "store the token again",
            Obey = w => w.StoreTokenAsync("test"),
        },
        new("TOKEN_UNWRITABLE")
        {
            Typed = "tidemark token set < token.txt",
            Break = w =>
                Do(() =>
                {
                    w.Write("token.txt", "test");
                    w.Write("control.db.keys", "a file where the folder is to be");
                }),
            Exit = 1,
            Says = "control.db.keys",
            Obey = w => Do(() => File.Delete(w.At("control.db.keys"))),
        },
        new("TOKEN_EMPTY", "token", "set")
        {
            Exit = 2,
            Says = "tidemark token set < token.txt",
            Obey = w => w.StoreTokenAsync("test"),
            Then = s_refetch,
        },
        new("CONTROL_NEWER", "runs")
        {
            Break = w =>
                w.ControlAsync(
                    "insert into schema_migrations (version, name, checksum, program, applied_at) values (9999, 'x', 'x', 'tidemark 99.0', 0)"
                ),
            Exit = 2,
            Says = "set 'control' to another database",
            Obey = w => Configure(w, "control: ./another.db"),
        },
        new("CONTROL_ALTERED", "runs")
        {
            Break = w =>
            {
                File.Copy(w.At("control.db"), w.At("backup.db"));
                return w.ControlAsync("update schema_migrations set checksum = 'x' where version = 1");
            },
            Exit = 2,
            Says = "restore the database",
            Obey = w => Do(() => File.Move(w.At("backup.db"), w.At("control.db"), overwrite: true)),
        },
    ];

    public static TheoryData<string> Walked => Codes(All);

    private protected override IReadOnlyList<AdviceScenario> Scenarios => All;

    [Theory]
    [MemberData(nameof(Walked))]
    public Task Advice_DoneAsItIsSaid_RemovesTheError(string code) => WalkAsync(code);
}
