namespace Tidemark.Simulator.AkTools;

/// <summary>The bodies of AKTools' refusals.</summary>
internal static class AkToolsErrors
{
    private const string Site = "https://akshare.akfamily.xyz";

    public const string InternalServerError = "Internal Server Error";

    public static ReadOnlyMemory<byte> UnknownFunction { get; } =
        AkJson.Object(("error", $"未找到该接口，请升级 AKShare 到最新版本并在文档中确认该接口的使用方式：{Site}"));

    public static ReadOnlyMemory<byte> ReturnedNone { get; } =
        AkJson.Object(("error", $"该接口返回数据为空，请确认参数是否正确：{Site}"));

    public static ReadOnlyMemory<byte> KeyError(string key) =>
        AkJson.Object(
            ("error", $"请输入正确的参数错误 '{key}'，请升级 AKShare 到最新版本并在文档中确认该接口的使用方式：{Site}")
        );

    public static ReadOnlyMemory<byte> Detail(string text) => AkJson.Object(("detail", text));
}
