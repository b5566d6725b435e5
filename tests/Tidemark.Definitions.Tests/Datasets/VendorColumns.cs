namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>
/// The columns of Tushare's calls, transcribed by hand from our pages of facts about the vendor: neither the
/// definitions nor the simulator read this. A line is a call and its columns in the vendor's order; behind a colon
/// stands the type (d day, m moment, i whole number, n number; text without any) and behind a slash the unit.
/// </summary>
internal static class VendorColumns
{
    private static readonly Dictionary<string, string> s_units = new()
    {
        ["%"] = "%",
        ["%pa"] = "% a year",
        ["fr"] = "fraction",
        ["permille"] = "per mille",
        ["y"] = "CNY",
        ["ky"] = "thousand CNY",
        ["wy"] = "10,000 CNY",
        ["ey"] = "100 million CNY",
        ["ty"] = "trillion CNY",
        ["y/sh"] = "CNY a share",
        ["y/g"] = "CNY a gram",
        ["y/lot"] = "CNY a lot",
        ["hand"] = "hand",
        ["sh"] = "share",
        ["wsh"] = "10,000 shares",
        ["esh"] = "100 million shares",
        ["sh/sh"] = "shares a share",
        ["wu"] = "10,000 fund units",
        ["eu"] = "100 million fund units",
        ["wtrades"] = "10,000 trades",
        ["pt"] = "point",
        ["idx"] = "index",
        ["qc"] = "quote currency",
        ["lot"] = "lot",
        ["kg"] = "kg",
        ["g"] = "gram",
        ["year"] = "year",
        ["pip"] = "pip",
        ["quotes"] = "quotes",
    };

    /// <summary>By call.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<VendorColumn>> Read() =>
        Table
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = "))
            .ToDictionary(
                parts => parts[0],
                parts => (IReadOnlyList<VendorColumn>)[.. parts[1].Split(' ').SelectMany(Columns)]
            );

    // Names that share type and unit are joined by commas: open,high:n/y.
    private static IEnumerable<VendorColumn> Columns(string text)
    {
        var (names, rest) = text.Split(':') is [var all, var kind] ? (all, kind) : (text, "t");
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var type = slash < 0 ? rest : rest[..slash];
        var unit = slash < 0 ? null : s_units[rest[(slash + 1)..]];
        return names.Split(',').Select(name => new VendorColumn(name, type, unit));
    }

    private const string Table = """
        stock_basic = ts_code symbol name area industry fullname enname cnspell market exchange curr_type list_status list_date,delist_date:d is_hs act_name act_ent_type
        fut_trade_cal = exchange cal_date:d is_open:i pretrade_date:d
        trade_cal = exchange cal_date:d is_open:i pretrade_date:d
        daily = ts_code trade_date:d open,high,low,close,pre_close,change:n/y pct_chg:n/% vol:n/hand amount:n/ky ah_vol:n/hand ah_amount:n/ky
        weekly = ts_code trade_date:d close,open,high,low,pre_close,change:n/y pct_chg:n/fr vol:n/sh amount:n/y
        monthly = ts_code trade_date:d close,open,high,low,pre_close,change:n/y pct_chg:n/fr vol:n/sh amount:n/y
        adj_factor = ts_code trade_date:d adj_factor:n
        daily_basic = ts_code trade_date:d close:n/y turnover_rate,turnover_rate_f:n/% volume_ratio,pe,pe_ttm,pb,ps,ps_ttm:n dv_ratio,dv_ttm:n/% total_share,float_share,free_share:n/wsh total_mv,circ_mv:n/wy limit_status
        suspend_d = ts_code trade_date:d suspend_timing suspend_type
        stk_limit = trade_date:d ts_code pre_close,up_limit,down_limit:n/y asset_type exchange
        moneyflow = ts_code trade_date:d buy_sm_vol:i/hand buy_sm_amount:n/wy sell_sm_vol:i/hand sell_sm_amount:n/wy buy_md_vol:i/hand buy_md_amount:n/wy sell_md_vol:i/hand sell_md_amount:n/wy buy_lg_vol:i/hand buy_lg_amount:n/wy sell_lg_vol:i/hand sell_lg_amount:n/wy buy_elg_vol:i/hand buy_elg_amount:n/wy sell_elg_vol:i/hand sell_elg_amount:n/wy net_mf_vol:i/hand net_mf_amount:n/wy trade_count:i
        dividend = ts_code end_date,ann_date:d div_proc stk_div,stk_bo_rate,stk_co_rate:n/sh/sh cash_div,cash_div_tax:n/y/sh record_date,ex_date,pay_date,div_listdate,imp_ann_date,base_date:d base_share:n/wsh
        repurchase = ts_code ann_date,end_date:d proc exp_date:d vol:n/sh amount,high_limit,low_limit:n/y
        block_trade = ts_code trade_date:d price:n/y vol:n/wsh amount:n/wy buyer seller
        namechange = ts_code name start_date,end_date,ann_date:d change_reason
        stock_st = ts_code name trade_date:d type type_name
        st = ts_code name pub_date,imp_date:d st_tpye st_reason st_explain
        bse_mapping = name o_code n_code list_date:d
        fund_basic = ts_code name management custodian fund_type found_date,due_date,list_date,issue_date,delist_date:d issue_amount:n/eu m_fee,c_fee:n/%pa duration_year:n/year p_value:n/y min_amount:n/wy exp_return:n benchmark status invest_type type trustee purc_startdate,redm_startdate:d market
        etf_basic = ts_code csname extname cname index_code index_name setup_date,list_date:d list_status exchange mgr_name custod_name mgt_fee:n/%pa etf_type
        fund_daily = ts_code trade_date:d open,high,low,close,pre_close,change:n/y pct_chg:n/% vol:n/hand amount:n/ky
        fund_adj = ts_code trade_date:d adj_factor:n
        fund_share = ts_code trade_date:d fd_share:n/wu
        etf_share_size = trade_date:d ts_code etf_name total_share:n/wu total_size:n/wy nav,close:n/y exchange
        index_basic = ts_code name fullname market publisher index_type category base_date:d base_point:n/pt list_date:d weight_rule desc exp_date:d
        index_daily = ts_code trade_date:d close,open,high,low,pre_close,change:n/pt pct_chg:n/% vol:n/hand amount:n/ky
        index_weight = index_code con_code trade_date:d weight:n/%
        index_dailybasic = ts_code trade_date:d total_mv,float_mv:n/y total_share,float_share,free_share:n/sh turnover_rate,turnover_rate_f:n/% pe,pe_ttm,pb:n
        index_classify = index_code industry_name level industry_code is_pub parent_code src
        index_member_all = l1_code l1_name l2_code l2_name l3_code l3_name ts_code name in_date,out_date:d is_new
        index_global = ts_code trade_date:d open,close,high,low,pre_close,change:n/pt pct_chg,swing:n/% vol,amount:n
        daily_info = trade_date:d ts_code ts_name com_count:i total_share,float_share:n/esh total_mv,float_mv,amount:n/ey vol:n/esh trans_count:n/wtrades pe:n tr:n/% exchange
        sz_daily_info = trade_date:d ts_code count:i amount:n/y vol:i/sh total_share:n/sh total_mv:n/y float_share:n/sh float_mv:n/y
        fut_basic = ts_code symbol exchange name fut_code multiplier:n trade_unit per_unit:n quote_unit quote_unit_desc d_mode_desc list_date,delist_date:d d_month last_ddate:d trade_time_desc
        fut_daily = ts_code trade_date:d pre_close,pre_settle,open,high,low,close,settle,change1,change2:n/qc vol:n/lot amount:n/wy oi,oi_chg:n/lot delv_settle:n/qc
        fut_settle = ts_code trade_date:d settle:n/qc trading_fee_rate:n/permille trading_fee,delivery_fee:n/y/lot b_hedging_margin_rate,s_hedging_margin_rate,long_margin_rate,short_margin_rate:n/fr offset_today_fee:n exchange
        fut_mapping = ts_code trade_date:d mapping_ts_code
        fut_weekly_detail = exchange prd name vol:n/lot vol_yoy:n/% amount:n/ey amout_yoy:n/% cumvol:n/lot cumvol_yoy:n/% cumamt:n/ey cumamt_yoy:n/% open_interest:n/lot interest_wow:n/% mc_close:n/qc close_wow:n/% week week_date:d
        sge_basic = ts_code ts_name trade_type t_unit:n/g p_unit,min_change,price_limit:n min_vol,max_vol:i/lot trade_mode margin_rate,liq_rate:n/% trade_time list_date:d
        sge_daily = ts_code trade_date:d close,open,high,low,price_avg,change:n/y/g pct_change:n/% vol:n/kg amount:n/y oi,settle_vol:n settle_dire
        fx_obasic = ts_code name classify exchange min_unit,max_unit,pip,pip_cost,traget_spread:n min_stop_distance:n/pip trading_hours break_time
        fx_daily = ts_code trade_date:d bid_open,bid_close,bid_high,bid_low,ask_open,ask_close,ask_high,ask_low:n/qc tick_qty:i/quotes exchange
        shibor = date:d on,1w,2w,1m,3m,6m,9m,1y:n/%pa
        shibor_lpr = date:d 1y,5y:n/%pa
        cn_gdp = quarter gdp:n/ey gdp_yoy:n/% pi:n/ey pi_yoy:n/% si:n/ey si_yoy:n/% ti:n/ey ti_yoy:n/%
        cn_cpi = month nt_val:n/idx nt_yoy,nt_mom:n/% nt_accu,town_val:n/idx town_yoy,town_mom:n/% town_accu,cnt_val:n/idx cnt_yoy,cnt_mom:n/% cnt_accu:n/idx
        cn_ppi = month ppi_yoy,ppi_mp_yoy,ppi_mp_qm_yoy,ppi_mp_rm_yoy,ppi_mp_p_yoy,ppi_cg_yoy,ppi_cg_f_yoy,ppi_cg_c_yoy,ppi_cg_adu_yoy,ppi_cg_dcg_yoy:n/% ppi_mom,ppi_mp_mom,ppi_mp_qm_mom,ppi_mp_rm_mom,ppi_mp_p_mom,ppi_cg_mom,ppi_cg_f_mom,ppi_cg_c_mom,ppi_cg_adu_mom,ppi_cg_dcg_mom:n/% ppi_accu,ppi_mp_accu,ppi_mp_qm_accu,ppi_mp_rm_accu,ppi_mp_p_accu,ppi_cg_accu,ppi_cg_f_accu,ppi_cg_c_accu,ppi_cg_adu_accu,ppi_cg_dcg_accu:n/%
        cn_pmi = month pmi010000,pmi010100,pmi010200,pmi010300,pmi010400,pmi010401,pmi010402,pmi010403,pmi010500,pmi010501,pmi010502,pmi010503,pmi010600,pmi010601,pmi010602,pmi010603,pmi010700,pmi010701,pmi010702,pmi010703,pmi010800,pmi010801,pmi010802,pmi010803,pmi010900,pmi011000,pmi011100,pmi011200,pmi011300,pmi011400,pmi011500,pmi011600,pmi011700,pmi011800,pmi011900,pmi012000,pmi020100,pmi020101,pmi020102,pmi020200,pmi020201,pmi020202,pmi020300,pmi020301,pmi020302,pmi020400,pmi020401,pmi020402,pmi020500,pmi020501,pmi020502,pmi020600,pmi020601,pmi020602,pmi020700,pmi020800,pmi020900,pmi021000,pmi030000:n/idx
        cn_m = month m0:n/ey m0_yoy,m0_mom:n/% m1:n/ey m1_yoy,m1_mom:n/% m2:n/ey m2_yoy,m2_mom:n/%
        sf_month = month inc_month,inc_cumval:n/ey stk_endval:n/ty
        tmt_twincome = date item op_income:n
        us_tycr = date:d m1,m2,m3,m4,m6,y1,y2,y3,y5,y7,y10,y20,y30:n/%pa
        us_trycr = date:d y5,y7,y10,y20,y30:n/%pa
        us_tbr = date:d w4_bd,w4_ce,w8_bd,w8_ce,w13_bd,w13_ce,w17_bd,w17_ce,w26_bd,w26_ce,w52_bd,w52_ce:n/%pa
        us_tltr = date:d ltc,cmt:n/%pa e_factor:n
        us_trltr = date:d ltr_avg:n/%pa
        rt_idx_k = ts_code name trade_time:m close,pre_close,high,open,low:n/pt vol:n/sh amount:n/y
        rt_idx_min = ts_code freq time open,close,high,low:n/pt vol:n/sh amount:n/y
        rt_etf_k = ts_code name pre_close,high,open,low,close:n/y vol:i/sh amount:i/y num,ask_volume1,bid_volume1:i trade_time:m
        rt_min = ts_code freq time open,close,high,low:n/y vol:n/sh amount:n/y
        idx_mins = ts_code trade_time:m close,open,high,low:n/pt vol:n/sh amount:n/y
        stk_mins = ts_code trade_time:m close,open,high,low:n/y vol:n/sh amount:n/y
        ft_mins = ts_code trade_time:m open,close,high,low:n/qc vol:n/lot amount:n/y oi:n/lot
        fut_wsr = trade_date:d symbol fut_name warehouse wh_id pre_vol,vol,vol_chg:i area year grade brand place pd:i is_ct unit exchange
        fut_holding = trade_date:d symbol broker vol,vol_chg,long_hld,long_chg,short_hld,short_chg:i/lot exchange
        stk_premarket = trade_date:d ts_code total_share,float_share:n/wsh pre_close,up_limit,down_limit:n/y
        """;
}

/// <summary>A column as the vendor's pages have it.</summary>
/// <param name="Field">The vendor's name.</param>
/// <param name="Type">t, d, m, i or n.</param>
/// <param name="Unit">In the words of declarations; null without any.</param>
internal sealed record VendorColumn(string Field, string Type, string? Unit);
