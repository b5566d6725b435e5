using Tidemark.Vendors.Ibkr;

namespace Tidemark.Vendors.Tests.Ibkr;

public sealed class GatewayCodesTests
{
    [Theory]
    [InlineData(0, "Warning: Approaching max rate of 50 messages per second (44)", CodeClass.Pacing)]
    [InlineData(100, "Max rate of messages per second has been exceeded:max=50 rec=51 (1)", CodeClass.Pacing)]
    [InlineData(101, "Max number of tickers has been reached", CodeClass.Lines)]
    [InlineData(162, "Historical Market Data Service error message:HMDS query returned no data", CodeClass.Refused)]
    [InlineData(162, "…:Historical data request pacing violation", CodeClass.Pacing)]
    [InlineData(162, "…:No market data permissions for NASDAQ STK", CodeClass.NotSubscribed)]
    [InlineData(200, "No security definition has been found for the request", CodeClass.Contract)]
    [InlineData(300, "Can't find EId with tickerId:3", CodeClass.Notice)]
    [InlineData(320, "Error reading request.", CodeClass.Refused)]
    [InlineData(321, "Error validating request.-'bQ' : cause - Please enter exchange", CodeClass.Refused)]
    [InlineData(321, "… cause - Snapshot requests limitation exceeded:100 per 1 second(s)", CodeClass.Pacing)]
    [InlineData(322, "Error processing request.-'bQ' : cause - Duplicate ticker id", CodeClass.Refused)]
    [InlineData(326, "Unable to connect as the client id is already in use.", CodeClass.Session)]
    [InlineData(354, "Requested market data is not subscribed.", CodeClass.NotSubscribed)]
    [InlineData(366, "No historical data query found for ticker id:3", CodeClass.Notice)]
    [InlineData(420, "Invalid Real-time Query:pacing violation", CodeClass.Pacing)]
    [InlineData(420, "Invalid Real-time Query", CodeClass.Refused)]
    [InlineData(1100, "", CodeClass.Session)]
    [InlineData(1101, "", CodeClass.Session)]
    [InlineData(1102, "", CodeClass.Session)]
    [InlineData(1300, "", CodeClass.Session)]
    [InlineData(2103, "", CodeClass.Farm)]
    [InlineData(2104, "", CodeClass.Farm)]
    [InlineData(2105, "", CodeClass.Farm)]
    [InlineData(2106, "", CodeClass.Farm)]
    [InlineData(2107, "", CodeClass.Farm)]
    [InlineData(2108, "", CodeClass.Farm)]
    [InlineData(2119, "", CodeClass.Farm)]
    [InlineData(2157, "", CodeClass.Farm)]
    [InlineData(2158, "", CodeClass.Farm)]
    [InlineData(2110, "", CodeClass.Notice)]
    [InlineData(2174, "", CodeClass.Notice)]
    [InlineData(10089, "", CodeClass.NotSubscribed)]
    [InlineData(10090, "", CodeClass.Notice)]
    [InlineData(10091, "", CodeClass.Notice)]
    [InlineData(10167, "", CodeClass.Notice)]
    [InlineData(10168, "", CodeClass.NotSubscribed)]
    [InlineData(10170, "", CodeClass.NotSubscribed)]
    [InlineData(10186, "", CodeClass.NotSubscribed)]
    [InlineData(10187, "", CodeClass.NotSubscribed)]
    [InlineData(10189, "", CodeClass.NotSubscribed)]
    [InlineData(10197, "", CodeClass.NotSubscribed)]
    [InlineData(10299, "", CodeClass.Refused)]
    [InlineData(10314, "", CodeClass.Refused)]
    [InlineData(31337, "never heard of", CodeClass.Refused)]
    public void Of_EveryCodeOfTheProtocol_HasItsClass(int code, string text, object expected) =>
        GatewayCodes.Of(code, text).Class.ShouldBe((CodeClass)expected);

    [Theory]
    [InlineData("… Please reconnect on the new port - 4005", 4005)]
    [InlineData("… reconnect on port 4005.", 4005)]
    [InlineData("Socket port has been reset", null)]
    [InlineData("port 99999", null)]
    public void PortIn_Text_IsThePortAtItsEnd(string text, int? expected) =>
        GatewayCodes.PortIn(text).ShouldBe(expected);
}
