using static ContainerChaos.Linux.NetfilterMessage;

namespace ContainerChaos.Linux;

/// <summary>A transaction on an <see cref="NftTable"/>: its messages in order, taken by the kernel as a whole.</summary>
/// <remarks>include/uapi/linux/netfilter/nf_tables.h; numbers in attributes are in network order.</remarks>
public sealed class NftBatch
{
    private const int NFNL_SUBSYS_NFTABLES = 10, NFNL_MSG_BATCH_BEGIN = 0x10, NFNL_MSG_BATCH_END = 0x11;
    private const int NFT_MSG_NEWTABLE = 0, NFT_MSG_GETTABLE = 1, NFT_MSG_DELTABLE = 2, NFT_MSG_NEWCHAIN = 3, NFT_MSG_NEWRULE = 6;
    private const int NFT_MSG_NEWSET = 9, NFT_MSG_NEWSETELEM = 12, NFT_MSG_DELSETELEM = 14;
    private const ushort NLM_F_EXCL = 0x200, NLM_F_CREATE = 0x400, NLM_F_APPEND = 0x800;

    private readonly string _table;
    private readonly MemoryStream _bytes = new();
    private uint _nextSet = 1;

    internal NftBatch(string table)
    {
        _table = table;
        Begin(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES, null);
    }

    /// <summary>Makes the table; the transaction fails with EEXIST when there is one.</summary>
    public NftBatch AddTable() =>
        Message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, new NetlinkAttributes().Add(1, _table).AddBigEndian(2, 0));

    /// <summary>Deletes the table with all that is in it; the transaction fails with ENOENT when there is none.</summary>
    public NftBatch DeleteTable() => Message(NFT_MSG_DELTABLE, 0, new NetlinkAttributes().Add(1, _table));

    /// <summary>Makes a chain that packets pass at a hook.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">filter or nat.</param>
    /// <param name="hook">Where packets pass.</param>
    /// <param name="priority">Its place among the chains of the same hook, lowest first.</param>
    public NftBatch AddChain(string name, string type, NftHook hook, int priority) => Message(
        NFT_MSG_NEWCHAIN, NLM_F_CREATE,
        new NetlinkAttributes().Add(1, _table).Add(3, name)
            .Nest(4, new NetlinkAttributes().AddBigEndian(1, (uint)hook).AddBigEndian(2, (uint)priority)).Add(7, type));

    /// <summary>Makes a chain that only rules lead to.</summary>
    public NftBatch AddChain(string name) => Message(NFT_MSG_NEWCHAIN, NLM_F_CREATE, new NetlinkAttributes().Add(1, _table).Add(3, name));

    /// <summary>Appends a rule to a chain.</summary>
    public NftBatch AddRule(string chain, NftRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, new NetlinkAttributes().Add(1, _table).Add(2, chain).Nest(4, rule.Expressions));
    }

    /// <summary>Makes a set, or a map when its elements have data.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">What its keys are.</param>
    /// <param name="data">What they map to; null for a set.</param>
    /// <param name="intervals">Whether its keys are ranges.</param>
    public NftBatch AddSet(string name, NftType key, NftType? data = null, bool intervals = false)
    {
        ArgumentNullException.ThrowIfNull(key);
        const uint NFT_SET_INTERVAL = 4, NFT_SET_MAP = 8;
        var attributes = new NetlinkAttributes().Add(1, _table).Add(2, name)
            .AddBigEndian(3, (intervals ? NFT_SET_INTERVAL : 0) | (data is null ? 0 : NFT_SET_MAP))
            .AddBigEndian(4, key.Number).AddBigEndian(5, (uint)key.Length).AddBigEndian(10, _nextSet++);
        if (data is not null)
            attributes.AddBigEndian(6, data.Number).AddBigEndian(7, (uint)data.Length);
        return Message(NFT_MSG_NEWSET, NLM_F_CREATE, attributes);
    }

    /// <summary>Adds an element. One that is there already, with the same data, is no error; with other data it is EEXIST.</summary>
    public NftBatch AddElement(string set, byte[] key, byte[]? data = null) => Elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, set, (key, data, false));

    /// <summary>Removes an element; ENOENT when it is not there.</summary>
    public NftBatch RemoveElement(string set, byte[] key) => Elements(NFT_MSG_DELSETELEM, 0, set, (key, null, false));

    /// <summary>Adds a range: from its first key to the one after its last.</summary>
    public NftBatch AddInterval(string set, byte[] first, byte[] end) => Elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, set, (first, null, false), (end, null, true));

    /// <summary>Removes a range.</summary>
    public NftBatch RemoveInterval(string set, byte[] first, byte[] end) => Elements(NFT_MSG_DELSETELEM, 0, set, (first, null, false), (end, null, true));

    internal static byte[] GetTable(string name)
    {
        var batch = new NftBatch(name);
        batch._bytes.SetLength(0);
        batch.Begin((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETTABLE, NLM_F_REQUEST | NLM_F_ACK, NFPROTO_INET, 0, new NetlinkAttributes().Add(1, name));
        return batch._bytes.ToArray();
    }

    /// <summary>The whole transaction; its messages are complete from here on.</summary>
    internal byte[] ToArray()
    {
        Begin(NFNL_MSG_BATCH_END, NLM_F_REQUEST, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES, null);
        return _bytes.ToArray();
    }

    private NftBatch Elements(int type, ushort flags, string set, params ReadOnlySpan<(byte[] Key, byte[]? Data, bool IsEnd)> elements)
    {
        const uint NFT_SET_ELEM_INTERVAL_END = 1;
        var list = new NetlinkAttributes();
        foreach (var (key, data, isEnd) in elements)
        {
            var element = new NetlinkAttributes();
            if (isEnd)
                element.AddBigEndian(3, NFT_SET_ELEM_INTERVAL_END);
            element.Nest(1, new NetlinkAttributes().Add(1, key));
            if (data is not null)
                element.Nest(2, new NetlinkAttributes().Add(1, data));
            list.Nest(1, element);
        }
        return Message(type, flags, new NetlinkAttributes().Add(1, _table).Add(2, set).Nest(3, list));
    }

    private NftBatch Message(int type, int flags, NetlinkAttributes attributes)
    {
        Begin((NFNL_SUBSYS_NFTABLES << 8) | type, (ushort)(NLM_F_REQUEST | flags), NFPROTO_INET, 0, attributes);
        return this;
    }

    private void Begin(int type, ushort flags, byte family, ushort resource, NetlinkAttributes? attributes) =>
        NetfilterMessage.Write(_bytes, type, flags, family, resource, attributes is null ? [] : attributes.Bytes);
}
