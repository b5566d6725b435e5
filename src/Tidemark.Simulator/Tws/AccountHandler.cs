using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Answers the questions about accounts and orders that clients ask when they connect: cash, no positions, no orders.
/// </summary>
internal sealed class AccountHandler(TwsSession session)
{
    private static readonly (double, double)[] s_penny = [(0, 0.01)];
    private static readonly (double, double)[] s_nickel = [(0, 0.01), (3, 0.05)];
    private static readonly (int, string, char)[] s_exchanges = [(0, "AMEX", 'A'), (1, "CBOE", 'C'), (2, "PHLX", 'X')];

    private FrameBuffer Out => session.Out;

    public void Answer(PlainRequest request)
    {
        switch (request.Kind)
        {
            case TwsRequest.ReqManagedAccts:
                GatewayMessages.ManagedAccounts(Out, string.Join(',', session.Gateway.Options.Accounts));
                break;
            case TwsRequest.ReqOpenOrders:
            case TwsRequest.ReqAllOpenOrders:
                AccountMessages.OpenOrderEnd(Out);
                break;
            case TwsRequest.ReqCompletedOrders:
                AccountMessages.CompletedOrdersEnd(Out);
                break;
            case TwsRequest.ReqExecutions:
                AccountMessages.ExecutionDataEnd(Out, request.Id);
                break;
            case TwsRequest.ReqPositions:
                AccountMessages.PositionEnd(Out);
                break;
            case TwsRequest.ReqPositionsMulti:
                AccountMessages.PositionMultiEnd(Out, request.Id);
                break;
            case TwsRequest.ReqAccountUpdates:
                Updates(isOn: request.Id == 1, request.Argument);
                break;
            case TwsRequest.ReqAccountUpdatesMulti:
                UpdatesMulti(request);
                break;
            case TwsRequest.ReqAccountSummary:
                Summary(request);
                break;
            case TwsRequest.ReqMarketRule:
                MarketRule(request.Id);
                break;
            case TwsRequest.ReqSmartComponents:
                GatewayMessages.SmartComponents(Out, request.Id, s_exchanges);
                break;
        }
    }

    private void Updates(bool isOn, string account)
    {
        if (!isOn)
        {
            return;
        }

        var name = account.Length > 0 ? account : session.Gateway.Options.Accounts.FirstOrDefault("");
        foreach (var (key, value, currency) in AccountMessages.Values)
        {
            AccountMessages.AccountValue(Out, key, value, currency, name);
        }

        var time = NewYork.Local(session.Now).ToString("HH:mm", CultureInfo.InvariantCulture);
        AccountMessages.AccountUpdateTime(Out, time);
        AccountMessages.AccountDownloadEnd(Out, name);
    }

    private void UpdatesMulti(PlainRequest request)
    {
        foreach (var (key, value, currency) in AccountMessages.Values)
        {
            AccountMessages.AccountUpdateMulti(Out, request.Id, request.Argument, key, value, currency);
        }

        AccountMessages.AccountUpdateMultiEnd(Out, request.Id);
    }

    private void Summary(PlainRequest request)
    {
        var tags = request.Argument.Split(',', StringSplitOptions.TrimEntries);
        foreach (var account in session.Gateway.Options.Accounts)
        {
            foreach (var (key, value, currency) in AccountMessages.Values)
            {
                if (tags.Contains(key))
                {
                    AccountMessages.AccountSummary(Out, request.Id, account, key, value, currency);
                }
            }
        }

        AccountMessages.AccountSummaryEnd(Out, request.Id);
    }

    private void MarketRule(int rule)
    {
        switch (rule)
        {
            case ContractMessages.StockRule:
                ContractMessages.MarketRule(Out, rule, s_penny);
                break;
            case ContractMessages.OptionRule:
                ContractMessages.MarketRule(Out, rule, s_nickel);
                break;
            default:
                session.Error(GatewayMessages.NoRequest, TwsError.Invalid("Invalid market rule id"));
                break;
        }
    }
}
