using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.DuckDb;
using Tidemark.Vendors.AkShare;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.AkShare;

/// <summary>What the shipped datasets declare, against the simulated vendor and against recordings of the real one.</summary>
public sealed class AkShareDatasetTests
{
    public static TheoryData<string> Ids => [.. AkShareRig.Datasets.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task EveryDataset_ReadsWhatTheVendorSends_AndNothingIsLeftUndeclared(string id)
    {
        await using var rig = await AkShareRig.StartAsync();
        var dataset = AkShareRig.Datasets[id];
        var request = Sample(dataset);

        var batch = await rig.FetchAsync(request);

        batch.RowCount.ShouldBeGreaterThan(0);
        batch.RowCount.ShouldBeLessThan(dataset.RowCap);
        var sent = AkShareErrors.Decoder.Sample(dataset.Api, Encoding.UTF8.GetBytes(rig.Payloads.Bodies[0])).Fields;
        sent.ShouldBe(request.Columns.Select(c => c.Field), ignoreOrder: true);
        foreach (var column in request.Columns.Where(c => !c.Nullable))
        {
            batch[column.Name].NullCount.ShouldBe(0, column.Name);
        }
    }

    [Fact]
    public void EveryFunction_OfADataset_HasItsFamily()
    {
        var families = HostFamilies.Read();

        AkShareRig.Datasets.Values.Where(d => families.Of(d.Api) == HostFamilies.Unknown).ShouldBeEmpty();
        AkShareRig.Datasets.Values.ShouldAllBe(d => d.IsStandby);
    }

    [Fact]
    public async Task Sample_HasTheNamesAndValues_ThatWereSent()
    {
        await using var rig = await AkShareRig.StartAsync();

        var answer = await rig.DriveAsync(
            rig.Client.SampleAsync(
                "macro_china_lpr",
                new Dictionary<string, string>(),
                rows: 1,
                TestContext.Current.CancellationToken
            )
        );
        var sample = new AkShareVendor().ReadSample("macro_china_lpr", answer);

        sample.Fields.ShouldBe(["TRADE_DATE", "LPR1Y", "LPR5Y", "RATE_1", "RATE_2"]);
        sample.Rows[0].Select(v => v.Text).ShouldBe(["1991-04-21T00:00:00.000", "", "", "8.64", "9.72"]);
    }

    [Theory]
    [InlineData("000001")]
    [InlineData("000045")]
    [InlineData("600000")]
    [InlineData("600028")]
    [InlineData("600601")]
    public void RecordedSeries_AreReadWithoutLoss(string code)
    {
        var file = Path.Combine(SharedData.Folder("cn_akshare_hist"), "verbatim_em", $"{code}.csv.gz");
        ShouldLoseNothing(Lines(file));
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("stock_zh_a_hist_2026-01_2026-03")]
    [InlineData("stock_zh_a_hist_2026-07_2026-08")]
    [InlineData("stock_zh_a_hist_qfq_2022-06_2023-03")]
    public void RecordedTables_AreReadWithoutLoss_WithTheirDefects(string name)
    {
        var file = Path.Combine(SharedData.Folder("cn_akshare_hist"), $"{name}.parquet");
        Assert.SkipUnless(File.Exists(file), $"{file} is not on this machine");
        string[] columns = [.. AkShareRig.Datasets["akshare.stock_zh_a_hist"].Columns.Skip(1).Select(c => c.Field)];
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var rows = connection.Query(
            $"SELECT {string.Join(", ", columns.Select(DuckDbSql.Identifier))} FROM {DuckDbSql.Literal(file)}"
        );

        ShouldLoseNothing([
            string.Join(',', columns),
            .. rows.Rows().Select(row => string.Join(',', row.Select(value => (string?)value))),
        ]);
    }

    private static void ShouldLoseNothing(string[] lines)
    {
        var dataset = AkShareRig.Datasets["akshare.stock_zh_a_hist"];
        var names = lines[0].Split(',');
        var batch = new ColumnBatch([.. dataset.Columns.Where(c => !c.IsPart)]);

        AkShareErrors.Decoder.Decode(dataset.Api, Json(names, lines[1..]), batch).ShouldBe(lines.Length - 1);

        int[] places = [.. batch.Definitions.Select(column => Array.IndexOf(names, column.Field))];
        for (var row = 0; row < batch.RowCount; row++)
        {
            var cells = lines[row + 1].Split(',');
            for (var i = 0; i < places.Length; i++)
            {
                var read = Text(batch.Columns[i], row, cells[places[i]]);
                if (read != cells[places[i]])
                {
                    Assert.Fail($"{lines[row + 1]}: {batch.Definitions[i].Name} is {read}");
                }
            }
        }
    }

    private static VendorRequest Sample(DatasetDefinition dataset)
    {
        var columns = dataset.Columns.Where(c => !c.IsPart).ToArray();
        var symbol = dataset.Bucket switch
        {
            Bucket.Stock => AkShareRig.Stock,
            Bucket.Etf => AkShareRig.Fund,
            Bucket.Futures => "RB2410.SHF",
            _ => dataset.Part?.Sample ?? "",
        };
        var parameters = dataset.Parameters.ToDictionary(
            p => p.Key,
            p =>
                RequestWords.Placeholder.Replace(
                    p.Value,
                    m =>
                        m.Groups["word"].Value switch
                        {
                            RequestWords.From => "20240101",
                            RequestWords.To => "20240628",
                            _ => RequestWords.Spelled(symbol, m.Groups["format"].Value),
                        }
                )
        );
        return new VendorRequest(dataset.Api, parameters, columns, dataset.RowCap);
    }

    private static string[] Lines(string file)
    {
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader
            .ReadToEnd()
            .TrimStart('\uFEFF')
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>As AKTools writes the table: days as moments, codes as texts, numbers as they are.</summary>
    private static byte[] Json(string[] names, string[] lines) =>
        Encoding.UTF8.GetBytes(
            $"[{string.Join(',', lines.Select(line => $"{{{string.Join(',', line.Split(',').Select((cell, i) => $"\"{names[i]}\":{Value(names[i], cell)}"))}}}"))}]"
        );

    private static string Value(string name, string cell) =>
        name switch
        {
            "日期" => $"\"{cell}T00:00:00.000\"",
            "股票代码" => $"\"{cell}\"",
            _ => cell.Length == 0 ? "null" : cell,
        };

    /// <summary>A value in the spelling of the recording.</summary>
    private static string Text(Column column, int row, string said) =>
        column switch
        {
            _ when column.IsNull(row) => "",
            TextColumn texts => Encoding.UTF8.GetString(texts[row]),
            ValueColumn<int> days => new DateOnly(1970, 1, 1).AddDays(days.Values[row]).ToIso(),
            ValueColumn<long> numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
            ValueColumn<double> doubles when doubles.Values[row] == double.Parse(said, CultureInfo.InvariantCulture) =>
                said,
            _ => "lost",
        };
}
