using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>Single pages of a conversation, and which pages are read to find one.</summary>
public sealed class MessagePagesTests
{
    private static readonly StoredPages Three = StoredPages.OfSeqs([1, 2], [4, 6], [9]);

    [Theory]
    [InlineData(int.MinValue, "", null)]
    [InlineData(0, "", null)]
    [InlineData(1, "1,2", 3L)]
    [InlineData(2, "4,6", 7L)]
    [InlineData(3, "9", null)]
    [InlineData(4, "", null)]
    public async Task Page_IsReadByItsNumber(int n, string seqs, long? nextBefore)
    {
        var slice = (await Three.ReadPageAsync(n)).Value!;
        Assert.Equal(seqs, string.Join(',', slice.Messages.Select(message => message.Seq)));
        Assert.Equal(nextBefore, slice.NextBefore);
        Assert.Equal(seqs.Length == 0 ? [] : [n], Three.Loaded);
    }

    [Fact]
    public async Task Page_OfASession_IsOneOfItsOwn()
    {
        var pages = StoredPages.OfSeqs([1, 2], [4, 6]);
        pages.Session = Session(pages.Head.Page, 6);
        pages.Head = pages.Head with { Page = new OpenPage(1, 1, 200), LastSeq = 9 };
        Assert.Equal((2, null), ((await pages.ReadPageAsync(2, "a")).Value!.Messages.Length, (await pages.ReadPageAsync(2, "a")).Value!.NextBefore));
        Assert.Equal(7 - 4, (await pages.ReadPageAsync(1, "a")).Value!.NextBefore);
        pages.Session = pages.Session with { IsDeleted = true };
        Assert.Equal("session_not_found", (await pages.ReadPageAsync(1, "a")).Refusal?.Code);
        Assert.Equal("session_not_found", (await pages.ReadAsync(1, session: "a")).Refusal?.Code);
        pages.Session = null;
        Assert.Equal("session_not_found", (await pages.ReadPageAsync(1, "a")).Refusal?.Code);
    }

    [Fact]
    public async Task PageThatIsMissing_OrAHeadThatIsErasing_IsSaid()
    {
        var pages = StoredPages.OfSeqs([1, 2], [4, 6]);
        pages.Pages[0] = MessagePage.Empty;
        Assert.Equal("agent_quarantined", (await pages.ReadPageAsync(1)).Refusal?.Code);
        Assert.Null((await pages.ReadPageAsync(2)).Refusal);
        pages.Pages[1] = MessagePage.Empty;
        Assert.Equal("agent_quarantined", (await pages.ReadPageAsync(2)).Refusal?.Code);
        pages.Head = pages.Head with { IsErasing = true };
        Assert.Equal("agent_erasing", (await pages.ReadPageAsync(1)).Refusal?.Code);
        Assert.Equal("agent_erasing", (await pages.ReadAsync(1, session: "unknown")).Refusal?.Code);
    }

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(2, 0, 2)]
    public async Task Session_HasMessagesOrNot_WhateverTheDefaultOneHas(int ofSession, int ofDefault, int shown)
    {
        var pages = StoredPages.OfSeqs([1], [2]);
        pages.Session = Session(new OpenPage(ofSession, ofSession == 0 ? 0 : 1, 0), ofSession);
        pages.Head = pages.Head with { Page = new OpenPage(ofDefault, ofDefault == 0 ? 0 : 1, 0) };
        Assert.Equal(shown, (await pages.ReadAsync(10, session: "a")).Value!.Messages.Length);
        Assert.Equal(shown, pages.Loaded.Count);
    }

    /// <summary>To find the page of one message: a guess by its seq and a halving in turn, until the page that has it was read, which is read once.</summary>
    [Theory]
    // Pages are alike: the first guess is right.
    [InlineData("1-100", 1, 101, "100")]
    [InlineData("1-100", 1, 100, "99")]
    [InlineData("1-100", 1, 51, "50")]
    [InlineData("1-100", 1, 3, "2")]
    [InlineData("1-100", 1, 2, "2,1")]
    [InlineData("1-100", 4, 53, "13")]
    [InlineData("1-100", 4, 54, "14")]
    [InlineData("1-100", 4, 56, "14")]
    [InlineData("1-100", 4, 57, "14")]
    // The last message is far from the others.
    [InlineData("1-99,10000", 1, 10000, "100,50,99")]
    [InlineData("1-99,10000", 1, 51, "2,51,50")]
    [InlineData("1-99,10000", 4, 51, "2,14,13")]
    // The first one is.
    [InlineData("1,9901-9999", 1, 9951, "100,50,51")]
    [InlineData("1,9901-9999", 1, 9902, "100,50,49,25,24,12,11,6,5,3,2")]
    // They are in two parts, and the guesses all fail.
    [InlineData("1-50,9951-10000", 1, 9951, "100,50,99,74,73,61,60,55,54,52,51")]
    [InlineData("1-50,9951-10000", 1, 5000, "50,75,62,56,52,51")]
    public async Task Find_GuessesAndHalves(string seqs, int perPage, long before, string loaded)
    {
        var pages = StoredPages.OfSeqs([.. seqs.Split(',').SelectMany(Run).Chunk(perPage)]);
        var slice = (await pages.ReadAsync(1, before)).Value!;
        Assert.Equal(pages.Pages.SelectMany(page => page.Messages).Last(message => message.Seq < before), Assert.Single(slice.Messages));
        Assert.Equal(loaded, string.Join(',', pages.Loaded));
    }

    [Fact]
    public async Task BehindTheLastMessageOfASession_NothingIsSearchedFor()
    {
        var pages = StoredPages.OfSeqs([.. Enumerable.Range(1, 20).Select(seq => new[] { (long)seq })]);
        pages.Session = Session(pages.Head.Page, 20);
        pages.Head = pages.Head with { LastSeq = 1000 };
        await pages.ReadAsync(1, 21, session: "a");
        Assert.Equal([20], pages.Loaded);
    }

    private static IEnumerable<long> Run(string part)
    {
        var ends = part.Split('-').Select(long.Parse).ToArray();
        for (var seq = ends[0]; seq <= ends[^1]; seq++)
            yield return seq;
    }

    private static SessionRecord Session(OpenPage page, long lastSeq) =>
        new(FakeAgent.Start, FakeAgent.Start, SessionMetadata.None, page, 2, lastSeq, IsDeleted: false, null);
}
