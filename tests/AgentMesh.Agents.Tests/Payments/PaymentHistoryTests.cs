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
