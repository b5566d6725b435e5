namespace Tidemark.Simulator.Tushare;

/// <summary>A refusal as the vendor words it. Clients match on the text, so every character counts.</summary>
/// <param name="Code">The answer's <c>code</c>.</param>
internal readonly record struct TushareError(int Code, string Message)
{
    private const string Details = "https://tushare.pro/document/1?doc_id=108。";

    public static TushareError WrongToken { get; } = new(40101, "您的token不对，请确认。");

    /// <summary>
    /// The code is that of a wrong token: only the text tells them apart. So did the vendor answer for names that it
    /// has withdrawn (tmt_twincome among them) in 2026.
    /// </summary>
    public static TushareError UnknownApi { get; } = new(40101, "请指定正确的接口名");

    public static TushareError OddParameters { get; } =
        new(50101, "查询数据失败，请确认参数！可以反馈管理员协助您排查问题");

    public static TushareError NoPermission(string api) =>
        new(40203, $"抱歉，您没有接口({api})访问权限，权限的具体详情访问：{Details}");

    public static TushareError RateLimited(string api, int calls, RateWindow window) =>
        new(40203, $"抱歉，您访问接口({api})频率超限({calls}次/{Word(window)})，具体频次详情：{Details}");

    public static TushareError Missing(IReadOnlyList<string> oneOf, string? words) =>
        words is not null ? new(50101, words)
        : oneOf.Count == 1 ? new(50101, $"必填参数, {oneOf[0]}")
        : new(50101, $"参数校验失败, {string.Join(',', oneOf)}至少输入一个参数");

    private static string Word(RateWindow window) =>
        window switch
        {
            RateWindow.Minute => "分钟",
            RateWindow.Hour => "小时",
            _ => "天",
        };
}
