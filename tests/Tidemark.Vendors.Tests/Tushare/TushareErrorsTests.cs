using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

public sealed class TushareErrorsTests
{
    private const string Details = "具体频次详情：https://tushare.pro/document/1?doc_id=108。";
    private const string Rights = "权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";

    [Theory]
    [InlineData(40203, $"抱歉，您访问接口(dividend)频率超限(500次/分钟)，{Details}", "500/min")]
    [InlineData(40203, $"抱歉，您访问接口(stock_basic)频率超限(1次/小时)，{Details}", "1/hour")]
    [InlineData(40203, $"抱歉，您访问接口(daily)频率超限(200000次/天)，{Details}", "200000/day")]
    [InlineData(40203, $"抱歉，您每分钟最多访问该接口200次，{Rights}", "200/min")]
    [InlineData(40203, $"抱歉，您每小时最多访问该接口1次，{Rights}", "1/hour")]
    [InlineData(40203, $"抱歉，您每天最多访问该接口10次，{Rights}", "10/day")]
    [InlineData(-2002, "频率超限", null)]
    public void Classify_TooOften_IsRateLimitWithTheVendorsNumber(int code, string text, string? limit)
    {
        var fault = TushareErrors.Classify(code, text);

        fault.Kind.ShouldBe(ErrorKind.RateLimit);
        fault.Limit.ShouldBe(limit is null ? null : RateLimit.Parse(limit));
    }

    [Theory]
    [InlineData(40203, $"抱歉，您没有接口(stk_premarket)访问权限，{Rights}", ErrorKind.Permission, "VENDOR_FORBIDDEN")]
    [InlineData(40203, $"抱歉，您没有接口访问权限，{Rights}", ErrorKind.Permission, "VENDOR_FORBIDDEN")]
    [InlineData(40203, "您的积分不足", ErrorKind.Permission, "VENDOR_FORBIDDEN")]
    [InlineData(2002, "no permission", ErrorKind.Permission, "VENDOR_FORBIDDEN")]
    [InlineData(40101, "您的token不对，请确认。", ErrorKind.Unauthorized, "VENDOR_UNAUTHORIZED")]
    [InlineData(-1, "抱歉，您输入的TOKEN无效！", ErrorKind.Unauthorized, "VENDOR_UNAUTHORIZED")]
    [InlineData(40101, "", ErrorKind.Unauthorized, "VENDOR_UNAUTHORIZED")]
    [InlineData(40204, "您的IP数量超限，最大数量为2个！", ErrorKind.Unauthorized, "VENDOR_IP_QUOTA")]
    [InlineData(50101, "必填参数, ts_code", ErrorKind.BadRequest, "VENDOR_BAD_REQUEST")]
    [InlineData(
        50101,
        "查询数据失败，请确认参数！可以反馈管理员协助您排查问题",
        ErrorKind.BadRequest,
        "VENDOR_BAD_REQUEST"
    )]
    [InlineData(-1, "参数校验失败, ts_code和nav_date至少填写一个", ErrorKind.BadRequest, "VENDOR_BAD_REQUEST")]
    [InlineData(-1, "请指定正确的接口名", ErrorKind.BadRequest, "VENDOR_BAD_REQUEST")]
    [InlineData(-2001, "argument", ErrorKind.BadRequest, "VENDOR_BAD_REQUEST")]
    [InlineData(-1, "系统繁忙", ErrorKind.Transient, "VENDOR_FAILED")]
    public void Classify_Text_FollowsTheOrderOfTheFactSheet(int code, string text, ErrorKind kind, string errorCode)
    {
        var fault = TushareErrors.Classify(code, text);

        (fault.Kind, fault.ErrorCode).ShouldBe((kind, errorCode));
    }
}
