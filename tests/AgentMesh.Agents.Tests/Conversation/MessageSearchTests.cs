namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>Searching a conversation: what is found, and how far one search looks.</summary>
public sealed class MessageSearchTests
{
    [Theory]
    [InlineData("paris", "1,3")]
    [InlineData("PARIS", "1,3")]
    [InlineData("aris in", "1")]
    [InlineData("london", "2")]
    [InlineData("rome", "")]
    public async Task Search_IsOfPartsOfTexts_InAnyCase(string text, string seqs)
    {
        var found = (await StoredPages.OfTexts("Paris in May", "London", "to paris").ReadAsync(10, text: text)).Value!;
        Assert.Equal(seqs, string.Join(',', found.Messages.Select(message => message.Seq)));
        Assert.Null(found.NextBefore);
    }

    [Theory]
    [InlineData(0, "invalid_search")]
    [InlineData(1, null)]
    [InlineData(256, null)]
    [InlineData(257, "invalid_search")]
    public async Task Text_Has1To256Characters(int length, string? refusal) =>
        Assert.Equal(refusal, (await StoredPages.OfTexts("hi").ReadAsync(10, text: new string('a', length))).Refusal?.Code);

    [Fact]
    public async Task FullSlice_OfASearch_GoesOnBefore()
    {
        var pages = StoredPages.OfTexts("hit", "miss", "hit", "hit");
        var slice = (await pages.ReadAsync(2, text: "hit")).Value!;
        Assert.Equal([3L, 4], slice.Messages.Select(message => message.Seq));
        Assert.Equal(3, slice.NextBefore);
        slice = (await pages.ReadAsync(2, slice.NextBefore, "hit")).Value!;
        Assert.Equal([1L], slice.Messages.Select(message => message.Seq));
        Assert.Null(slice.NextBefore);
    }

    /// <summary>However rare a text is, one search reads no more; the next goes on at the first message that was looked at.</summary>
    [Theory]
    [InlineData(127, 1, null)]
    [InlineData(128, 1, null)]
    [InlineData(129, 2, 2L)]
    [InlineData(300, 173, 173L)]
    public async Task Search_LooksThrough128Pages_AndGoesOnBehindThem(int count, int lastPage, long? nextBefore)
    {
        var pages = StoredPages.OfTexts(Enumerable.Range(1, count).Select(n => n == 1 ? "needle" : "hay"));
        var slice = (await pages.ReadAsync(10, text: "needle")).Value!;
        Assert.Equal(Enumerable.Range(lastPage, count - lastPage + 1).Reverse(), pages.Loaded);
        Assert.Equal(nextBefore, slice.NextBefore);
        var calls = 1;
        for (; slice.NextBefore is { } before; calls++)
        {
            Assert.Empty(slice.Messages);
            slice = (await pages.ReadAsync(10, before, "needle")).Value!;
        }

        Assert.Equal(1, Assert.Single(slice.Messages).Seq);
        Assert.Equal((count + 127) / 128, calls);
    }

    /// <summary>Only a search is bounded by pages: what is shown is bounded by messages and bytes.</summary>
    [Fact]
    public async Task ReadingWithoutAText_IsNotBoundedByPages()
    {
        var slice = (await StoredPages.OfTexts(Enumerable.Repeat("hi", 200)).ReadAsync(1000)).Value!;
        Assert.Equal((200, null), (slice.Messages.Length, slice.NextBefore));
    }

    /// <summary>16 messages of 128 KiB are 2 MiB.</summary>
    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 15)]
    public async Task Slice_HasAtMost2MiB(int more, int shown)
    {
        var texts = Enumerable.Repeat(new string('a', 128 * 1024 - 160), 15).Prepend(new string('a', 128 * 1024 - 160 + more)).Prepend("older");
        var slice = (await StoredPages.OfTexts(texts).ReadAsync(1000)).Value!;
        Assert.Equal((shown, 18 - shown), (slice.Messages.Length, slice.NextBefore));
    }

    /// <summary>An answer of a model may take three times that, escaped.</summary>
    [Fact]
    public async Task MessageOfMoreThan2MiB_IsShownAlone()
    {
        var pages = StoredPages.OfTexts("older", new string('"', 512 * 1024), "newer");
        Assert.Equal(3, (await pages.ReadAsync(1000)).Value!.NextBefore);
        var slice = (await pages.ReadAsync(1000, 3)).Value!;
        Assert.Equal((2, 2), (Assert.Single(slice.Messages).Seq, slice.NextBefore));
    }
}
