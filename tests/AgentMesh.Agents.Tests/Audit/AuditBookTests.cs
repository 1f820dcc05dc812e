using AgentMesh.Agents.Audit;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Agents.Tests.Audit;

/// <summary>How records come into a tenant's audit chain.</summary>
public sealed class AuditBookTests
{
    private static readonly DateTimeOffset Now = SampleAudit.Now;

    [Fact]
    public void Action_IsAnIntentAndAnOutcome_OfOneChain()
    {
        var begun = Begin(AuditBook.Empty, 1);
        var other = Begin(begun.Book, 2);
        var ended = End(other.Book, 1, "id=x", "409");
        var verifier = new AuditVerifier(SampleAudit.Tenant, null);
        Assert.All([begun.Added!, other.Added!, ended.Added!], record => Assert.Null(verifier.Check(record)));
        Assert.Null(verifier.CheckEnd(new AuditHead(ended.Book.Number, ended.Book.Hash)));
        Assert.Equal((1L, 2L, 1), (begun.Intent, other.Intent, verifier.Open));
        Assert.Equal((3, 1, "409", "id=x", "r1", Now), (ended.Added!.Number, ended.Added.Intent, ended.Added.Outcome, ended.Added.Target, ended.Added.RequestId, ended.Added.At));
        Assert.Equal("userId=alice", End(other.Book, 2, null, "200").Added!.Target);
    }

    [Fact]
    public void Repeats_ChangeNothing()
    {
        var begun = Begin(Begin(AuditBook.Empty, 1).Book, 2).Book;
        var again = Begin(begun, 1);
        Assert.Equal((begun, null, 1), (again.Book, again.Added, again.Intent));
        var ended = End(begun, 1, null, "200").Book;
        var twice = End(ended, 1, null, "503");
        Assert.Equal((ended, null, 1), (twice.Book, twice.Added, twice.Intent));
    }

    /// <summary>No more actions under way than may be, and what was cut off an hour ago takes no place.</summary>
    [Theory]
    [InlineData(AuditLimits.Open - 1, 0, true)]
    [InlineData(AuditLimits.Open, 0, false)]
    [InlineData(AuditLimits.Open, 3_599_999, false)]
    [InlineData(AuditLimits.Open, 3_600_000, true)]
    public void ActionsUnderWay_AreCounted(int open, int laterMs, bool isBegun)
    {
        var book = AuditBook.Empty;
        for (var n = 1; n <= open; n++)
            book = Begin(book, n).Book;
        var next = book.Begin(SampleAudit.Tenant, SampleAudit.Action(0), Now.AddMilliseconds(laterMs));
        Assert.Equal(isBegun ? null : "too_many_admin_actions", next.Refusal?.Code);
        // A repeat is no further one.
        Assert.Equal(1, book.Begin(SampleAudit.Tenant, SampleAudit.Action(1), Now.AddMilliseconds(laterMs)).Value!.Intent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public void MalformedText_IsAFault(string text)
    {
        var action = SampleAudit.Action(1);
        foreach (var bad in new[] { action with { Action = text }, action with { Caller = text }, action with { Target = text }, action with { RequestId = text } })
            Assert.Throws<ArgumentException>(() => AuditBook.Empty.Begin(SampleAudit.Tenant, bad, Now));
        var book = Begin(AuditBook.Empty, 1).Book;
        Assert.Throws<ArgumentException>(() => End(book, 1, null, text));
        Assert.Throws<ArgumentException>(() => End(book, 1, text, "200"));
    }

    [Theory]
    [InlineData(0, 3, 1, 3)]
    [InlineData(3, 3, 4, 5)]
    [InlineData(4, 1, 5, 5)]
    [InlineData(5, 1, 6, 5)]
    [InlineData(long.MaxValue, 100, 6, 5)]
    [InlineData(-1, 1, 1, 1)]
    public void Span_IsWhatThereIs(long after, int limit, long first, long last) =>
        Assert.Equal(new AuditSpan(first, last), (AuditBook.Empty with { Number = 5 }).Span(after, limit).Value);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Limit_IsOneToAHundred(int limit, bool isValid) => Assert.Equal(isValid ? null : "invalid_limit", AuditBook.Empty.Span(0, limit).Refusal?.Code);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(32, 0)]
    [InlineData(33, 1)]
    public void Page_HasItsRecords(long number, long page) => Assert.Equal(page, AuditPage.Of(number));

    private static AuditChange Begin(AuditBook book, int n) => book.Begin(SampleAudit.Tenant, SampleAudit.Action(n), Now).Value!;

    private static AuditChange End(AuditBook book, long intent, string? target, string outcome) => book.End(SampleAudit.Tenant, intent, target, outcome, Now);
}
