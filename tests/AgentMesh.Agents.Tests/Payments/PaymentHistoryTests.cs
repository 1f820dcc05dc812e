using System.Text.Json;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Tests.Conversation;
using static AgentMesh.Agents.Tests.Payments.SamplePayments;

namespace AgentMesh.Agents.Tests.Payments;

public sealed class PaymentHistoryTests
{
    /// <summary>How many there are, what is asked for, and what comes: the first and the last number, the next <c>before</c>, and stored pages read.</summary>
    [Theory]
    [InlineData(0, 100, null, 0, 0, null, 0)]
    [InlineData(1, 100, null, 1, 1, null, 1)]
    [InlineData(16, 16, null, 1, 16, null, 1)]
    [InlineData(17, 16, null, 2, 17, 2L, 2)]
    [InlineData(32, 16, null, 17, 32, 17L, 1)]
    [InlineData(40, 1, null, 40, 40, 40L, 1)]
    [InlineData(40, 100, 17L, 1, 16, null, 1)]
    [InlineData(40, 10, 17L, 7, 16, 7L, 1)]
    [InlineData(40, 10, 18L, 8, 17, 8L, 2)]
    [InlineData(40, 10, 1L, 0, 0, null, 0)]
    [InlineData(40, 10, 2L, 1, 1, null, 1)]
    [InlineData(40, 10, 41L, 31, 40, 31L, 2)]
    [InlineData(40, 10, long.MaxValue, 31, 40, 31L, 2)]
    [InlineData(1001, 1000, null, 2, 1001, 2L, 63)]
    public async Task Page_IsTheNewestBefore_OldestFirst(int count, int limit, long? before, long first, long last, long? nextBefore, int reads)
    {
        var (book, pages) = ListOf(count);
        var read = 0;
        var slice = (await PaymentHistory.ReadAsync(book, limit, before, null, Load, TestContext.Current.CancellationToken)).Value!;
        var expected = last == 0 ? [] : Enumerable.Range((int)first, (int)(last - first + 1)).Select(n => ((long)n, IdOf(n)));
        Assert.Equal(expected, slice.Payments.Select(one => (one.Seq, one.Payment.Id)));
        Assert.Equal((nextBefore, reads), (slice.NextBefore, read));

        ValueTask<PaymentPage?> Load(int n, CancellationToken cancellationToken)
        {
            read++;
            return ValueTask.FromResult(pages.GetValueOrDefault(n));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task Limit_IsOneToAThousand(int limit, bool isOne)
    {
        var slice = await PaymentHistory.ReadAsync(PaymentBook.Empty, limit, null, null, (_, _) => ValueTask.FromResult<PaymentPage?>(null), TestContext.Current.CancellationToken);
        Assert.Equal(isOne ? null : "invalid_limit", slice.Refusal?.Code);
    }

    [Fact]
    public async Task PageThatIsGone_IsSaid()
    {
        var slice = await PaymentHistory.ReadAsync(new PaymentBook(20), 100, null, null, (_, _) => ValueTask.FromResult<PaymentPage?>(null), TestContext.Current.CancellationToken);
        Assert.Equal("agent_quarantined", slice.Refusal!.Code);
        Assert.Contains("page 2 of the payments is missing", slice.Refusal.Detail, StringComparison.Ordinal);
    }

    /// <summary>Twenty payments, of which every third goes out.</summary>
    [Theory]
    [InlineData(null, 3, null, "18 19 20", 18L)]
    [InlineData("Out", 100, null, "3 6 9 12 15 18", null)]
    [InlineData("Out", 2, null, "15 18", 15L)]
    [InlineData("Out", 2, 15L, "9 12", 9L)]
    [InlineData("Out", 2, 9L, "3 6", 3L)]
    [InlineData("Out", 2, 3L, "", null)]
    [InlineData("In", 3, null, "17 19 20", 17L)]
    [InlineData("In", 3, 6L, "2 4 5", 2L)]
    public async Task Page_OfOneDirection_HasNoPaymentOfTheOther(string? direction, int limit, long? before, string expected, long? nextBefore)
    {
        var wanted = direction is null ? (PaymentDirection?)null : Enum.Parse<PaymentDirection>(direction);
        var slice = (await PaymentHistory.ReadAsync(new PaymentBook(20), limit, before, wanted, Load, TestContext.Current.CancellationToken)).Value!;
        Assert.Equal(expected, string.Join(' ', slice.Payments.Select(one => one.Seq)));
        Assert.Equal(nextBefore, slice.NextBefore);

        static ValueTask<PaymentPage?> Load(int n, CancellationToken cancellationToken)
        {
            var seqs = Enumerable.Range((int)PaymentPage.FirstSeq(n), PaymentLimits.PagePayments);
            return ValueTask.FromResult<PaymentPage?>(new PaymentPage([.. seqs.Select(seq => Of(seq) with { Direction = seq % 3 == 0 ? PaymentDirection.Out : PaymentDirection.In })]));
        }
    }

    /// <summary>How many payments of the other direction there are, and where the search goes on; the last one is looked at, or the search is over.</summary>
    [Theory]
    [InlineData(PaymentLimits.LookedAtPayments, null)]
    [InlineData(PaymentLimits.LookedAtPayments + 1, 2L)]
    [InlineData(PaymentLimits.LookedAtPayments + 100, 101L)]
    public async Task Search_ForPaymentsOfOneDirection_EndsAfterSoManyOfTheOther_AndGoesOn(long count, long? nextBefore)
    {
        var page = new PaymentPage([.. Enumerable.Range(1, PaymentLimits.PagePayments).Select(n => Of(n))]);
        var slice = (await PaymentHistory.ReadAsync(
            new PaymentBook(count), 1, null, PaymentDirection.Out, (_, _) => ValueTask.FromResult<PaymentPage?>(page), TestContext.Current.CancellationToken)).Value!;
        Assert.Empty(slice.Payments);
        Assert.Equal(nextBefore, slice.NextBefore);
    }

    /// <summary>A payment counts 1024 bytes and six for each character of what others write. One that is too much by itself is shown all the same.</summary>
    [Theory]
    [InlineData(174_592, 174_592, 2)]
    [InlineData(174_592, 174_593, 1)]
    [InlineData(0, 349_185, 1)]
    [InlineData(0, 400_000, 1)]
    public async Task Page_HasAsManyBytesAsItMay_AndOnePaymentAtLeast(int older, int newer, int shown)
    {
        var page = new PaymentPage([Of(1) with { Resource = new string('a', older) }, Of(2) with { Resource = new string('a', newer) }]);
        var slice = (await PaymentHistory.ReadAsync(
            new PaymentBook(2), 10, null, null, (_, _) => ValueTask.FromResult<PaymentPage?>(page), TestContext.Current.CancellationToken)).Value!;
        Assert.Equal((2, shown), (slice.Payments[^1].Seq, slice.Payments.Length));
        Assert.Equal(shown == 2 ? null : 2L, slice.NextBefore);
    }

    [Fact]
    public async Task PageOfLongTexts_EndsEarly_AndGoesOn()
    {
        var page = new PaymentPage([.. Enumerable.Range(1, 16).Select(n => Of(n) with { Resource = new string('"', 2048), Reason = new string('"', 500) })]);
        var (seen, before, slices) = (new List<long>(), (long?)null, 0);
        do
        {
            var slice = (await PaymentHistory.ReadAsync(new PaymentBook(160), 1000, before, null, (_, _) => ValueTask.FromResult<PaymentPage?>(page), TestContext.Current.CancellationToken)).Value!;
            Assert.True(slice.Payments.Sum(one => JsonSerializer.Serialize(new PaymentPage([one.Payment]), FakeAgent.Json).Length) <= PaymentLimits.ListBytes);
            seen.InsertRange(0, slice.Payments.Select(one => one.Seq));
            (before, slices) = (slice.NextBefore, slices + 1);
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(1, 160).Select(n => (long)n), seen);
        Assert.Equal(2, slices);
    }
}
