using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Calendars;
using Tidemark.Definitions.Calendars;
using Tidemark.Testing;

namespace Tidemark.Core.Tests.Calendars;

/// <summary>
/// A calendar against the plainest model: a set of days. FsCheck prints the seed of what it falsifies.
/// </summary>
public sealed class TradingCalendarProperties
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(200);

    private static readonly Gen<Model> s_models =
        from start in Gen.Choose(0, 20_000)
        from length in Gen.Choose(0, 800)
        from zone in Gen.Elements("Asia/Shanghai", "America/New_York", "Europe/London", "UTC")
        from exceptions in Gen.Choose(0, length).Zip(Gen.Elements(true, false)).ListOf()
        select new Model(
            new DateOnly(1980, 1, 1).AddDays(start),
            length,
            zone,
            exceptions.GroupBy(e => e.Item1).ToDictionary(g => g.Key, g => g.First().Item2)
        );

    [Fact]
    public void Parse_AnyExceptions_OpenDaysAreTheModels() =>
        Prop.ForAll(
                s_models.ToArbitrary(),
                model =>
                {
                    var calendar = model.Parse();
                    calendar.OpenDays.ShouldBe(model.Days.Where(model.IsOpen));
                    calendar.OpenDays.ShouldAllBe(day => calendar.IsOpen(day));
                }
            )
            .Check(s_config);

    [Fact]
    public void OpenDaysBetween_AnyRange_IsAFilterByIsOpen() =>
        Prop.ForAll(
                WithTwoDays().ToArbitrary(),
                x =>
                {
                    var calendar = x.Model.Parse();
                    calendar
                        .OpenDaysBetween(x.A, x.B)
                        .ToArray()
                        .ShouldBe(x.Model.Days.Where(d => d >= x.A && d <= x.B && calendar.IsOpen(d)));
                }
            )
            .Check(s_config);

    [Fact]
    public void OpenDayOnOrBefore_AnyDay_IsTheLastOpenOneOrAnError() =>
        Prop.ForAll(
                WithTwoDays().ToArbitrary(),
                x =>
                {
                    var calendar = x.Model.Parse();
                    var expected = x.Model.Days.Where(d => d <= x.A && x.Model.IsOpen(d)).ToList();
                    if (expected.Count == 0)
                    {
                        Should.Throw<Errors.TidemarkException>(() => calendar.OpenDayOnOrBefore(x.A));
                    }
                    else
                    {
                        calendar.OpenDayOnOrBefore(x.A).ShouldBe(expected[^1]);
                    }
                }
            )
            .Check(s_config);

    [Theory]
    [InlineData("XSHG", 2000, 2026)]
    [InlineData("XNYS", 2001, 2027)]
    public void AsOf_AnyMoment_IsTheLastDayThatIsDueAndNeverInTheFuture(string exchange, int firstYear, int lastYear)
    {
        var calendar = CalendarFile.Parse(exchange, SourceTree.Calendar(exchange), exchange + ".csv");
        var minutes = (int)(new DateTime(lastYear, 12, 1) - new DateTime(firstYear, 2, 1)).TotalMinutes;
        var moments =
            from minute in Gen.Choose(0, minutes)
            // The hour that exists twice in autumn has no single answer; nothing is due in it.
            from due in Gen.Choose(3 * 60, (24 * 60) - 1)
            from later in Gen.Choose(0, 3)
            select (Now: new DateTimeOffset(firstYear, 2, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute), due, later);

        Prop.ForAll(
                moments.ToArbitrary(),
                x =>
                {
                    var due = new TimeOnly(x.due / 60, x.due % 60);
                    var asOf = calendar.AsOf(x.Now, due, x.later);

                    calendar.IsOpen(asOf).ShouldBeTrue();
                    calendar.DueAt(asOf, due, x.later).ShouldBeLessThanOrEqualTo(x.Now);
                    var next = calendar.OpenDays.First(d => d > asOf);
                    calendar.DueAt(next, due, x.later).ShouldBeGreaterThan(x.Now);
                }
            )
            .Check(s_config.WithMaxTest(1000));
    }

    private static Gen<(Model Model, DateOnly A, DateOnly B)> WithTwoDays() =>
        from model in s_models
        from a in Gen.Choose(0, model.Length)
        from b in Gen.Choose(0, model.Length)
        select (model, model.First.AddDays(a), model.First.AddDays(b));

    private sealed record Model(DateOnly First, int Length, string Zone, Dictionary<int, bool> Exceptions)
    {
        public IEnumerable<DateOnly> Days => Enumerable.Range(0, Length + 1).Select(First.AddDays);

        public bool IsOpen(DateOnly day) =>
            Exceptions.TryGetValue(day.DayNumber - First.DayNumber, out var open)
                ? open
                : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

        public TradingCalendar Parse()
        {
            var text = new StringBuilder()
                .Append($"# timezone: {Zone}\n# first: {First.ToIso()}\n# last: {First.AddDays(Length).ToIso()}\n")
                .Append("date,open,early_close\n");
            foreach (var (offset, open) in Exceptions)
            {
                text.Append($"{First.AddDays(offset).ToIso()},{(open ? 1 : 0)},\n");
            }

            return CalendarFile.Parse("XTST", text.ToString(), "XTST.csv");
        }
    }
}
