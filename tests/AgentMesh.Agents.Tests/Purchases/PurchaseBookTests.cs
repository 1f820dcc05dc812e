using AgentMesh.Agents.Purchases;

namespace AgentMesh.Agents.Tests.Purchases;

/// <summary>Which purchases an agent knows, and for how long.</summary>
public sealed class PurchaseBookTests
{
    private static readonly DateTimeOffset Now = SamplePurchases.Now;

    [Fact]
    public void Book_KnowsWhoIsDueNext()
    {
        var book = PurchaseBook.Empty.With(Of(1) with { Due = Now.AddSeconds(2) }).With(Of(2) with { Due = Now.AddSeconds(1) });
        Assert.Equal(Now.AddSeconds(1), book.Next());
        Assert.Null(book.FirstDue(Now));
        Assert.Equal("2", book.FirstDue(Now.AddSeconds(2)));
        Assert.Equal(["1", "2"], book.With(Of(1) with { Due = Now }).Ids);
        Assert.Null(book.With(Over(1, 0)).With(Over(2, 0)).Next());
    }

    [Theory]
    [InlineData(999, null)]
    [InlineData(1000, "2")]
    [InlineData(1999, "2")]
    [InlineData(2000, "2")]
    public void Purchase_IsDueFromItsTimeOn_TheOneThatIsTheLongestFirst(int milliseconds, string? due)
    {
        var book = PurchaseBook.Empty.With(Of(1) with { Due = Now.AddSeconds(2) }).With(Of(2) with { Due = Now.AddSeconds(1) });
        Assert.Equal(due, book.FirstDue(Now.AddMilliseconds(milliseconds)));
    }

    [Theory]
    [InlineData(PurchaseLimits.Open - 1, 0, true)]
    [InlineData(PurchaseLimits.Open, 0, false)]
    [InlineData(0, PurchaseLimits.Kept - 1, true)]
    [InlineData(0, PurchaseLimits.Kept, false)]
    [InlineData(10, PurchaseLimits.Kept - 10, false)]
    public void Book_HasRoomForSoMany(int open, int kept, bool hasRoom)
    {
        var book = new PurchaseBook(
            [.. Enumerable.Range(0, open).Select(n => new OpenPurchase($"o{n}", Now))], [.. Enumerable.Range(0, kept).Select(n => new KeptPurchase($"k{n}", Now, 0, null))]);
        Assert.Equal(hasRoom, book.HasRoom);
    }

    [Theory]
    [InlineData(true, 86_399, 0)]
    [InlineData(true, 86_400, 1)]
    [InlineData(false, 599, 0)]
    [InlineData(false, 600, 1)]
    public void Purchase_IsKnownForADay_OrTenMinutesWithoutAKey(bool hasKey, int seconds, int forgotten)
    {
        var over = Over(1, 5);
        var pruned = PurchaseBook.Empty.With(over with { Request = over.Request with { HasKey = hasKey } }).Prune(Now.AddSeconds(seconds), []);
        Assert.Equal(forgotten, pruned.Purchases.Length);
        Assert.Equal(1 - forgotten, pruned.Book.Kept.Length);
    }

    /// <summary>A paused turn goes on when there is money for it, which may be weeks later, and asks for what it has asked for before.</summary>
    [Theory]
    [InlineData("17", "17", false)]
    [InlineData("17", "18", true)]
    [InlineData("17", null, true)]
    [InlineData(null, "17", true)]
    public void Purchase_IsKnownAsLongAsItsTurnIsOpen(string? turn, string? open, bool isForgotten)
    {
        var over = Over(1, 5);
        var book = PurchaseBook.Empty.With(over with { Request = over.Request with { HasKey = false, Turn = turn } });
        Assert.Equal(isForgotten, !book.Prune(Now.AddDays(30), open is null ? [] : [open]).Purchases.IsEmpty);
    }

    [Fact]
    public void OldestAnswers_Go_WhenThereAreTooManyBytes_AndTheirPurchasesStay()
    {
        var book = PurchaseBook.Empty.With(Over(1, 1)).With(Over(2, PurchaseLimits.KeptBytes - 1));
        Assert.Empty(book.Prune(Now, []).Answers);
        var pruned = book.With(Over(3, 1)).Prune(Now, []);
        Assert.Equal(["1"], pruned.Answers);
        Assert.Equal(["1", "2", "3"], pruned.Book.Ids);
        Assert.Empty(pruned.Book.Prune(Now, []).Answers);
    }

    /// <summary>Bytes of the answers, the oldest first, and the places of those that go.</summary>
    [Theory]
    [InlineData("MAX", "")]
    [InlineData("0 MAX", "")]
    [InlineData("1 MAX", "1")]
    [InlineData("0 1 MAX", "2")]
    [InlineData("1 1 MAX", "1 2")]
    [InlineData("1 0 1 MAX", "1 3")]
    [InlineData("MAX 1 MAX", "1 2")]
    [InlineData("MAX 1 1", "1")]
    public void Answers_Go_UntilTheOthersAreFewEnoughBytes(string bytes, string gone)
    {
        var sizes = bytes.Split(' ').Select(size => size == "MAX" ? PurchaseLimits.KeptBytes : int.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
        var pruned = sizes.Index().Aggregate(PurchaseBook.Empty, (book, size) => book.With(Over(size.Index + 1, size.Item))).Prune(Now, []);
        Assert.Equal(gone, string.Join(' ', pruned.Answers));
        Assert.Equal(sizes.Count(), pruned.Book.Kept.Length);
    }

    [Fact]
    public void OneChange_RemovesSoMuch()
    {
        var book = new PurchaseBook([], [.. Enumerable.Range(0, 100).Select(n => new KeptPurchase($"k{n}", Now, 0, null))]);
        Assert.Equal(PurchaseLimits.RemovedAtOnce, book.Prune(Now, []).Purchases.Length);
    }

    private static StoredPurchase Of(int n) => SamplePurchases.Open with { Id = n.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    private static StoredPurchase Over(int n, int bytes) => Of(n).Take(new PurchaseAnswer(200, null, bytes), null, Now);
}
