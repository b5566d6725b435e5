// One session of a third-party IB client (@stoqey/ib) against a gateway: node ib-session.cjs PORT SYMBOL
// Prints what the client understood as one JSON document. Exit code 1 with the step that did not end.
"use strict";
const { IBApi, EventName } = require("@stoqey/ib");

const [port, symbol] = [Number(process.argv[2]), process.argv[3]];
const stepSeconds = 30;
const ib = new IBApi({ host: "127.0.0.1", port, clientId: 7 });
const seen = { errors: [], notices: [] };
const waiting = new Map(); // reqId (or a name) -> { rows, end }
let step = "connect";

const put = (id, row) => waiting.get(id)?.rows.push(row);
const end = (id) => waiting.get(id)?.end();

/** Sends a request and gives the rows that arrived until its end. */
function ask(name, id, send) {
  step = name;
  return new Promise((resolve) => {
    const rows = [];
    waiting.set(id, {
      rows,
      end: () => {
        waiting.delete(id);
        resolve(rows);
      },
    });
    send();
  });
}

const details = (d) => ({
  conId: d.contract.conId,
  symbol: d.contract.symbol,
  secType: d.contract.secType,
  lastTradeDate: d.contract.lastTradeDateOrContractMonth,
  strike: d.contract.strike,
  right: d.contract.right,
  multiplier: d.contract.multiplier,
  exchange: d.contract.exchange,
  localSymbol: d.contract.localSymbol,
  tradingClass: d.contract.tradingClass,
  longName: d.longName,
  minTick: d.minTick,
  timeZoneId: d.timeZoneId,
  underConId: d.underConId,
  realExpirationDate: d.realExpirationDate,
  minSize: d.minSize,
});

ib.on(EventName.error, (error, code, id) => {
  (code >= 2100 && code < 2200 ? seen.notices : seen.errors).push({ id, code, message: error.message });
  end(id);
});
ib.on(EventName.managedAccounts, (list) => (seen.accounts = list));
ib.on(EventName.nextValidId, () => end("ready"));
ib.on(EventName.server, (version) => (seen.serverVersion = version));
ib.on(EventName.currentTime, (time) => (put("time", time), end("time")));
ib.on(EventName.contractDetails, (id, d) => put(id, details(d)));
ib.on(EventName.contractDetailsEnd, end);
ib.on(EventName.securityDefinitionOptionParameter, (id, exchange, underConId, tradingClass, multiplier, expirations, strikes) =>
  put(id, { exchange, underConId, tradingClass, multiplier, expirations, strikes }),
);
ib.on(EventName.securityDefinitionOptionParameterEnd, end);
ib.on(EventName.marketDataType, (id, type) => put(id, { kind: "type", type }));
ib.on(EventName.tickReqParams, (id, minTick, bboExchange) => put(id, { kind: "params", minTick, bboExchange }));
ib.on(EventName.tickPrice, (id, tick, value) => put(id, { kind: "price", tick, value }));
ib.on(EventName.tickSize, (id, tick, value) => {
  put(id, { kind: "size", tick, value });
  const ticks = waiting.get(id)?.rows.map((r) => r.tick) ?? [];
  if (id === "open interest" || [27, 28, 29, 30].every((t) => ticks.includes(t))) end(id);
});
ib.on(EventName.tickGeneric, (id, tick, value) => put(id, { kind: "generic", tick, value }));
ib.on(EventName.tickString, (id, tick, value) => put(id, { kind: "string", tick, value }));
ib.on(EventName.tickOptionComputation, (id, tick, attrib, iv, delta, price, dividend, gamma, vega, theta, underlying) => {
  put(id, { kind: "computation", tick, iv, delta, price, dividend, gamma, vega, theta, underlying });
  if (tick === 53) end(id); // what was asked to be calculated
});
ib.on(EventName.realtimeBar, (id, time, open, high, low, close, volume) => {
  put(id, { time, open, high, low, close, volume });
  end(id);
});
ib.on(EventName.scannerParameters, (xml) => (put("scanners", xml), end("scanners")));
ib.on(EventName.scannerDataEnd, end);
ib.on(EventName.newsProviders, (list) => (put("news", list.length), end("news")));
ib.on(EventName.mktDepthExchanges, (list) => (put("depth", list.length), end("depth")));
ib.on(EventName.familyCodes, (list) => (list.forEach((f) => put("families", f.accountID)), end("families")));
ib.on(EventName.pnl, (id, daily, unrealized, realized) => (put(id, [daily, unrealized, realized]), end(id)));
ib.on(EventName.pnlSingle, (id, pos, daily) => (put(id, [pos, daily]), end(id)));
ib.on(EventName.userInfo, (id, brand) => (put(id, brand), end(id)));
ib.on(EventName.tickSnapshotEnd, end);
ib.on(EventName.historicalData, (id, date, open, high, low, close, volume) => {
  if (String(date).startsWith("finished")) end(id);
  else put(id, { date, open, high, low, close, volume });
});
ib.on(EventName.headTimestamp, (id, time) => (put(id, time), end(id)));
ib.on(EventName.symbolSamples, (id, samples) => (samples.forEach((s) => put(id, s.contract.symbol)), end(id)));
ib.on(EventName.positionEnd, () => end("positions"));
ib.on(EventName.openOrderEnd, () => end("orders"));
ib.on(EventName.completedOrdersEnd, () => end("completed orders"));
ib.on(EventName.execDetailsEnd, end);
ib.on(EventName.accountSummary, (id, account, tag, value) => put(id, { tag, value }));
ib.on(EventName.accountSummaryEnd, end);

async function run() {
  await ask("connect", "ready", () => ib.connect());
  seen.time = (await ask("time", "time", () => ib.reqCurrentTime()))[0];
  await ask("positions", "positions", () => ib.reqPositions());
  await ask("orders", "orders", () => ib.reqAllOpenOrders());
  await ask("completed orders", "completed orders", () => ib.reqCompletedOrders(false));
  await ask("executions", 1, () => ib.reqExecutions(1, {}));
  seen.account = await ask("account", 2, () => ib.reqAccountSummary(2, "All", "NetLiquidation"));

  const stock = { symbol, secType: "STK", exchange: "SMART", currency: "USD" };
  seen.stock = (await ask("stock", 10, () => ib.reqContractDetails(10, stock)))[0];
  seen.chains = await ask("chain", 11, () => ib.reqSecDefOptParams(11, symbol, "", "STK", seen.stock.conId));
  const chain = seen.chains.find((c) => c.exchange === "SMART" && c.tradingClass === symbol);
  const expiry = [...chain.expirations].sort()[2];
  const calls = { symbol, secType: "OPT", exchange: "SMART", currency: "USD", lastTradeDateOrContractMonth: expiry, right: "C" };
  seen.calls = await ask("calls", 12, () => ib.reqContractDetails(12, calls));
  seen.option = seen.calls[seen.calls.length >> 1];
  const option = { conId: seen.option.conId, exchange: "SMART" };
  seen.snapshot = await ask("snapshot", 13, () => ib.reqMktData(13, option, "", true, false));
  seen.stream = await ask("stream", 14, () => ib.reqMktData(14, option, "100,101", false, false));
  ib.cancelMktData(14);
  seen.bars = await ask("bars", 15, () => ib.reqHistoricalData(15, stock, "", "5 D", "1 day", "TRADES", 1, 1, false));
  seen.head = (await ask("head", 16, () => ib.reqHeadTimestamp(16, stock, "TRADES", true, 1)))[0];
  seen.samples = await ask("samples", 17, () => ib.reqMatchingSymbols(17, symbol.slice(0, 2)));
  const model = seen.snapshot.find((t) => t.tick === 13);
  seen.price = await ask("price", 20, () => ib.calculateOptionPrice(20, option, model.iv, model.underlying));
  seen.volatility = await ask("volatility", 21, () =>
    ib.calculateImpliedVolatility(21, option, seen.price[0].price, model.underlying),
  );
  seen.realTimeBars = await ask("real-time bars", 22, () => ib.reqRealTimeBars(22, stock, 5, "MIDPOINT", true));
  ib.cancelRealTimeBars(22);
  seen.scanners = await ask("scanners", "scanners", () => ib.reqScannerParameters());
  await ask("scan", 23, () => ib.reqScannerSubscription(23, { instrument: "STK", locationCode: "STK.US", scanCode: "HOT_BY_VOLUME" }));
  seen.news = await ask("news", "news", () => ib.reqNewsProviders());
  seen.depth = await ask("depth", "depth", () => ib.reqMktDepthExchanges());
  seen.families = await ask("families", "families", () => ib.reqFamilyCodes());
  seen.profit = await ask("profit", 24, () => ib.reqPnL(24, seen.accounts, ""));
  seen.profitOfPosition = await ask("profit of a position", 25, () => ib.reqPnLSingle(25, seen.accounts, "", seen.stock.conId));
  seen.user = await ask("user", 26, () => ib.reqUserInfo(26));
  await ask("market depth", 27, () => ib.reqMktDepth(27, stock, 5, false));
  await ask("unknown contract", 18, () => ib.reqContractDetails(18, { ...stock, symbol: "NOSUCH" }));
  await ask("illegal ticks", 19, () => ib.reqMktData(19, option, "9999", false, false));
  await ask("late cancel", 13, () => ib.cancelMktData(13));
  ib.disconnect();
  return seen;
}

const limit = setTimeout(() => {
  process.stderr.write(`'${step}' did not end within ${stepSeconds} s; so far: ${JSON.stringify(seen)}\n`);
  process.exit(1);
}, stepSeconds * 1000);

run().then((all) => {
  clearTimeout(limit);
  process.stdout.write(JSON.stringify(all));
  process.exit(0);
});
