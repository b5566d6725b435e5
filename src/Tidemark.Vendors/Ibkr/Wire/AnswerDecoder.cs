using System.Globalization;

namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>The answers that are objects: few and large. Each begins after the request's number.</summary>
internal static class AnswerDecoder
{
    public static object Contract(ref FieldReader fields, TextPool texts)
    {
        var symbol = texts.Get(fields.Next());
        var securityType = texts.Get(fields.Next());
        var (day, time, zone) = LastTrade(ref fields, texts);
        var strike = fields.NextDouble();
        var right = fields.NextRight();
        var exchange = texts.Get(fields.Next());
        var currency = texts.Get(fields.Next());
        var localSymbol = fields.NextText();
        var marketName = texts.Get(fields.Next());
        var tradingClass = texts.Get(fields.Next());
        var conId = fields.NextInt();
        var minTick = fields.NextDouble();
        var multiplier = texts.Get(fields.Next());
        var orderTypes = texts.Get(fields.Next());
        var validExchanges = texts.Get(fields.Next());
        var priceMagnifier = fields.NextIntOrZero();
        var underlyingConId = fields.NextIntOrZero();
        var longName = texts.Get(fields.Next());
        var primaryExchange = texts.Get(fields.Next());
        var month = texts.Get(fields.Next());
        var industry = texts.Get(fields.Next());
        var category = texts.Get(fields.Next());
        var subcategory = texts.Get(fields.Next());
        var timeZoneId = texts.Get(fields.Next());
        var tradingHours = texts.Get(fields.Next());
        var liquidHours = texts.Get(fields.Next());
        fields.Skip(2);
        var securityIds = SecurityIds(ref fields, texts);
        return new ContractDetails(
            new IbkrContract
            {
                ConId = conId,
                Symbol = symbol,
                SecurityType = securityType,
                LastTradeDate = day,
                Strike = double.IsNaN(strike) ? 0 : strike,
                Right = right,
                Multiplier = multiplier,
                Exchange = exchange,
                PrimaryExchange = primaryExchange,
                Currency = currency,
                LocalSymbol = localSymbol,
                TradingClass = tradingClass,
            },
            time,
            marketName,
            minTick,
            orderTypes,
            validExchanges,
            priceMagnifier,
            underlyingConId,
            longName,
            month,
            industry,
            category,
            subcategory,
            zone.Length > 0 ? zone : timeZoneId,
            tradingHours,
            liquidHours,
            securityIds,
            AggregatedGroup: fields.NextIntOrZero(),
            UnderlyingSymbol: texts.Get(fields.Next()),
            UnderlyingSecurityType: texts.Get(fields.Next()),
            MarketRuleIds: texts.Get(fields.Next()),
            RealExpirationDate: texts.Get(fields.Next()),
            StockType: texts.Get(fields.Next()),
            MinSize: fields.NextSize(),
            SizeIncrement: fields.NextSize(),
            SuggestedSizeIncrement: fields.NextSize()
        );
    }

    public static object Chain(ref FieldReader fields, TextPool texts)
    {
        var exchange = texts.Get(fields.Next());
        var underlying = fields.NextIntOrZero();
        var tradingClass = texts.Get(fields.Next());
        var multiplier = texts.Get(fields.Next());
        var days = new List<DateOnly>(fields.NextCount(1));
        for (var left = days.Capacity; left > 0 && !fields.IsBroken; left--)
        {
            if (
                DateOnly.TryParseExact(
                    AsText(fields.Next()),
                    "yyyyMMdd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var day
                )
            )
            {
                days.Add(day);
            }
        }

        var strikes = new List<double>(fields.NextCount(1));
        for (var left = strikes.Capacity; left > 0 && !fields.IsBroken; left--)
        {
            // An option at no price or at an absurd one cannot be asked for.
            var strike = fields.NextDouble();
            if (strike is > 0 and < IbkrContractRules.StrikeMax)
            {
                strikes.Add(strike);
            }
        }

        days.Sort();
        strikes.Sort();
        return new OptionChain(exchange, underlying, tradingClass, multiplier, days, strikes);
    }

    public static object Bars(ref FieldReader fields, TextPool texts)
    {
        fields.Skip(2);
        var bars = new HistoricalBar[fields.NextCount(8)];
        for (var i = 0; i < bars.Length && !fields.IsBroken; i++)
        {
            bars[i] = new HistoricalBar(
                fields.NextText(),
                fields.NextDouble(),
                fields.NextDouble(),
                fields.NextDouble(),
                fields.NextDouble(),
                fields.NextSize(),
                fields.NextDouble(),
                fields.NextIntOrZero()
            );
        }

        return bars;
    }

    public static object Symbols(ref FieldReader fields, TextPool texts)
    {
        var matches = new List<SymbolMatch>();
        for (var left = fields.NextCount(8); left > 0 && !fields.IsBroken; left--)
        {
            var contract = new IbkrContract
            {
                ConId = fields.NextInt(),
                Symbol = fields.NextText(),
                SecurityType = texts.Get(fields.Next()),
                PrimaryExchange = texts.Get(fields.Next()),
                Currency = texts.Get(fields.Next()),
            };
            var derivatives = new string[fields.NextCount(1)];
            for (var i = 0; i < derivatives.Length; i++)
            {
                derivatives[i] = texts.Get(fields.Next());
            }

            matches.Add(new SymbolMatch(contract, fields.NextText(), derivatives));
            fields.Skip(1);
        }

        return matches;
    }

    public static object HeadTimestamp(ref FieldReader fields, TextPool texts) => fields.NextText();

    /// <summary>
    /// A day, mostly alone; sometimes with the time of day and its zone behind it (<c>20260320 14:30:00
    /// Europe/Zurich</c>, or with dashes).
    /// </summary>
    private static (string Day, string Time, string Zone) LastTrade(ref FieldReader fields, TextPool texts)
    {
        var field = fields.Next();
        var isDashed = field.Contains((byte)'-');
        var gap = field.IndexOf(isDashed ? (byte)'-' : (byte)' ');
        if (gap < 0)
        {
            return (texts.Get(field), "", "");
        }

        var parts = FieldReader
            .TextOf(field)
            .Split(isDashed ? '-' : ' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (
            parts.ElementAtOrDefault(0) ?? "",
            parts.ElementAtOrDefault(1) ?? "",
            parts.ElementAtOrDefault(2) ?? ""
        );
    }

    private static KeyValuePair<string, string>[] SecurityIds(ref FieldReader fields, TextPool texts)
    {
        var count = fields.NextCount(2);
        if (count == 0)
        {
            return [];
        }

        var ids = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count && !fields.IsBroken; i++)
        {
            ids[i] = new(texts.Get(fields.Next()), fields.NextText());
        }

        return ids;
    }

    private static string AsText(ReadOnlySpan<byte> field) => field.Length == 8 ? FieldReader.TextOf(field) : "";
}
