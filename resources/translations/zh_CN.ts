<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>wgtray</name>
    <message>
        <source>%Y-%m-%d</source>
        <translation>%Y/%m/%d</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>10.66.0.10/32, from your administrator</source>
        <translation>10.66.0.10/32，由管理员提供</translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation>15 分钟</translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 分钟</translation>
    </message>
    <message>
        <source>A pause lasts 1 to {most} minutes, not {minutes}. Nothing was changed. Disconnect instead.</source>
        <translation>暂停时间为 1 到 {most} 分钟，不能是 {minutes} 分钟。未做任何更改。请改为断开连接。</translation>
    </message>
    <message>
        <source>A report for your administrator</source>
        <translation>给管理员的报告</translation>
    </message>
    <message>
        <source>A rule for a program</source>
        <translation>程序规则</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Add a program…</source>
        <translation>添加程序…</translation>
    </message>
    <message>
        <source>Add a system tray to your panel. Until then "wgtray" opens the window.</source>
        <translation>请在面板上添加系统托盘。在此之前，“wgtray”会打开窗口。</translation>
    </message>
    <message>
        <source>Add rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>All programs that the service runs are installed.</source>
        <translation>服务所需的程序均已安装。</translation>
    </message>
    <message>
        <source>Always through the VPN on this computer.</source>
        <translation>在此电脑上始终通过 VPN。</translation>
    </message>
    <message>
        <source>An administrator did not allow you to {action}. Nothing was changed. Ask the administrator of this computer if you need it.</source>
        <translation>管理员未允许您{action}。未做任何更改。如有需要，请联系本机管理员。</translation>
    </message>
    <message>
        <source>An administrator is being asked something of yours already, so you cannot {action} now. Nothing was changed. Answer that question, or wait until it is gone.</source>
        <translation>已有一个关于您的请求正在询问管理员，因此现在无法{action}。未做任何更改。请先回答该询问，或等待其消失。</translation>
    </message>
    <message>
        <source>An app was cut off</source>
        <translation>一个应用已被切断</translation>
    </message>
    <message>
        <source>An update for everybody must not hold addresses or keys of one person. Nothing was changed. Tell your administrator.</source>
        <translation>面向所有人的更新不得包含个人的地址或密钥。未做任何更改。请告知管理员。</translation>
    </message>
    <message>
        <source>An update of your company's profile at {host} was refused: {reason}. The profile in use stays. Tell your administrator.</source>
        <translation>{host} 上的公司配置更新被拒绝：{reason}。当前配置保持不变。请告知管理员。</translation>
    </message>
    <message>
        <source>Another VPN runs: {names}. It may take over routes, names or the firewall.</source>
        <translation>正在运行另一个 VPN：{names}。它可能接管路由、域名解析或防火墙。</translation>
    </message>
    <message>
        <source>Another file…</source>
        <translation>其他文件…</translation>
    </message>
    <message>
        <source>Another program uses port 53 of {address}. Company names may not be found. Stop that program.</source>
        <translation>另一个程序占用了 {address} 的 53 端口。公司的域名可能无法解析。请停止该程序。</translation>
    </message>
    <message>
        <source>Answers from {answering} of {all} nodes.</source>
        <translation>{all} 个节点中有 {answering} 个响应。</translation>
    </message>
    <message>
        <source>Apps</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>As the company wrote them</source>
        <translation>按公司的顺序</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>At login</source>
        <translation>登录时</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic ({node})</source>
        <translation>自动（{node}）</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Back on {node}. Protected traffic was held back for {held}.</source>
        <translation>已恢复到 {node}。受保护的流量被拦截了 {held}。</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑色</translation>
    </message>
    <message>
        <source>Blocked outside the VPN; everything goes through it while it runs.</source>
        <translation>在 VPN 之外被阻止；运行时所有流量都通过 VPN。</translation>
    </message>
    <message>
        <source>Blocked right now: nothing may go past the VPN.</source>
        <translation>目前被阻止：不允许绕过 VPN。</translation>
    </message>
    <message>
        <source>Blocked right now: the VPN is not there to carry it.</source>
        <translation>目前被阻止：没有可用的 VPN。</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>Check this computer's internet connection. Some networks hold back UDP: try another one, such as a phone's.</source>
        <translation>请检查本机的互联网连接。有些网络会拦截 UDP：请换一个网络试试，例如手机热点。</translation>
    </message>
    <message>
        <source>Check this computer…</source>
        <translation>检查此电脑…</translation>
    </message>
    <message>
        <source>Choose apps…</source>
        <translation>选择应用…</translation>
    </message>
    <message>
        <source>Choose automatically</source>
        <translation>自动选择</translation>
    </message>
    <message>
        <source>Colour, for any panel</source>
        <translation>彩色，适合任何面板</translation>
    </message>
    <message>
        <source>Colour, for dark panels</source>
        <translation>彩色，适合深色面板</translation>
    </message>
    <message>
        <source>Colour, for light panels</source>
        <translation>彩色，适合浅色面板</translation>
    </message>
    <message>
        <source>Company only</source>
        <translation>仅公司</translation>
    </message>
    <message>
        <source>Company systems can be reached now. wgtray stays here in the tray.</source>
        <translation>现在可以访问公司系统。wgtray 保留在托盘中。</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Connect this computer to your company</source>
        <translation>将此电脑连接到您的公司</translation>
    </message>
    <message>
        <source>Connect to a network, or write a name server into /etc/resolv.conf.</source>
        <translation>请连接网络，或在 /etc/resolv.conf 中写入域名服务器。</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>Connected again</source>
        <translation>已重新连接</translation>
    </message>
    <message>
        <source>Connected to {node}</source>
        <translation>已连接到 {node}</translation>
    </message>
    <message>
        <source>Connected to {node}.</source>
        <translation>已连接到 {node}。</translation>
    </message>
    <message>
        <source>Connecting to {node}…</source>
        <translation>正在连接 {node}…</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Copy the public key</source>
        <translation>复制公钥</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开连接</translation>
    </message>
    <message>
        <source>Disconnected.</source>
        <translation>已断开连接。</translation>
    </message>
    <message>
        <source>Drop the file here</source>
        <translation>将文件拖到此处</translation>
    </message>
    <message>
        <source>Every node is being asked…</source>
        <translation>正在询问所有节点…</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Everything goes through the VPN now.</source>
        <translation>现在所有流量都通过 VPN。</translation>
    </message>
    <message>
        <source>Everything goes through the VPN. What is listed here are your company's own networks.</source>
        <translation>所有流量都通过 VPN。这里列出的是公司自己的网络。</translation>
    </message>
    <message>
        <source>Everything that should be protected is protected again.</source>
        <translation>所有应受保护的内容已重新受到保护。</translation>
    </message>
    <message>
        <source>Find a program</source>
        <translation>查找程序</translation>
    </message>
    <message>
        <source>Fixed by the company</source>
        <translation>由公司固定</translation>
    </message>
    <message>
        <source>Free software under the GNU Affero General Public License, version 3 or later.</source>
        <translation>自由软件，采用 GNU Affero 通用公共许可证第 3 版或更高版本。</translation>
    </message>
    <message>
        <source>GNOME shows no tray icons by itself, so the icon cannot be seen.</source>
        <translation>GNOME 默认不显示托盘图标，因此看不到图标。</translation>
    </message>
    <message>
        <source>Held back while you are not connected, because only the tunnel is allowed: {apps}. Everything else works. Connect to use what is held back.</source>
        <translation>因为只允许使用隧道，在您未连接时被拦截：{apps}。其他一切正常。请连接后再使用。</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>If something does not work, stop it and try again.</source>
        <translation>如果出现问题，请将其停止后重试。</translation>
    </message>
    <message>
        <source>Import a profile…</source>
        <translation>导入配置…</translation>
    </message>
    <message>
        <source>Import and connect</source>
        <translation>导入并连接</translation>
    </message>
    <message>
        <source>Import the file from your administrator with "wgtray profile import FILE".</source>
        <translation>请用“wgtray profile import FILE”导入管理员给您的文件。</translation>
    </message>
    <message>
        <source>Importing…</source>
        <translation>正在导入…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>In the office, direct</source>
        <translation>在办公室，直接连接</translation>
    </message>
    <message>
        <source>In the office: company systems are reached directly.</source>
        <translation>在办公室：直接访问公司系统。</translation>
    </message>
    <message>
        <source>Install and switch on the extension "AppIndicator and KStatusNotifierItem Support". Until then "wgtray" opens the window.</source>
        <translation>请安装并启用扩展“AppIndicator and KStatusNotifierItem Support”。在此之前，“wgtray”会打开窗口。</translation>
    </message>
    <message>
        <source>Install the package nftables.</source>
        <translation>请安装软件包 nftables。</translation>
    </message>
    <message>
        <source>Install the package of wgtray, or run it by hand with "sudo wgtray-helper run".</source>
        <translation>请安装 wgtray 的软件包，或用“sudo wgtray-helper run”手动启动。</translation>
    </message>
    <message>
        <source>Install the package wireguard, or wireguard-go.</source>
        <translation>请安装软件包 wireguard 或 wireguard-go。</translation>
    </message>
    <message>
        <source>Install the packages wireguard-tools, iproute2 and nftables.</source>
        <translation>请安装软件包 wireguard-tools、iproute2 和 nftables。</translation>
    </message>
    <message>
        <source>Install wgtray again.</source>
        <translation>请重新安装 wgtray。</translation>
    </message>
    <message>
        <source>It cannot be read in {path} whose profiles this computer takes, so it takes none. Nothing was changed. An administrator of this computer can run "sudo wgtray profile remove --company-key".</source>
        <translation>无法从 {path} 读取本机接受谁的配置，因此一概不接受。未做任何更改。本机管理员可以运行 “sudo wgtray profile remove --company-key”。</translation>
    </message>
    <message>
        <source>Keyring</source>
        <translation>密钥环</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Large packets do not get through to {node}, small ones do. While another node carries both, your traffic goes there. There is nothing to do: {app} keeps trying {node}.</source>
        <translation>大数据包无法到达 {node}，小数据包可以。只要另一个节点两者都能传输，您的流量就走那里。无需操作：{app} 会继续尝试 {node}。</translation>
    </message>
    <message>
        <source>Last contact</source>
        <translation>最近响应</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Latency, last 15 minutes</source>
        <translation>最近 15 分钟的延迟</translation>
    </message>
    <message>
        <source>Learned addresses</source>
        <translation>已学习的地址</translation>
    </message>
    <message>
        <source>Load the module tun, or let this container have the device.</source>
        <translation>请加载 tun 模块，或让此容器使用该设备。</translation>
    </message>
    <message>
        <source>Log in to this network…</source>
        <translation>登录此网络…</translation>
    </message>
    <message>
        <source>Log out and in again.</source>
        <translation>请注销后重新登录。</translation>
    </message>
    <message>
        <source>Looking for the addresses of {host}…</source>
        <translation>正在查找 {host} 的地址…</translation>
    </message>
    <message>
        <source>Looking for wgtray's service…</source>
        <translation>正在查找 wgtray 的服务…</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>丢包</translation>
    </message>
    <message>
        <source>Moved from {from} to {to}</source>
        <translation>已从 {from} 切换到 {to}</translation>
    </message>
    <message>
        <source>Name servers are set ({resolver}).</source>
        <translation>已设置域名服务器（{resolver}）。</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>域名</translation>
    </message>
    <message>
        <source>Nearest first</source>
        <translation>最近的优先</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Never through the VPN</source>
        <translation>从不通过 VPN</translation>
    </message>
    <message>
        <source>Never through the VPN.</source>
        <translation>从不通过 VPN。</translation>
    </message>
    <message>
        <source>No address was found for {host}, so nothing can be said about its way. Check how it is written, or ask for an address.</source>
        <translation>没有找到 {host} 的地址，因此无法说明其路径。请检查拼写，或直接查询地址。</translation>
    </message>
    <message>
        <source>No company profile yet</source>
        <translation>尚无公司配置</translation>
    </message>
    <message>
        <source>No login page of this network was found, so there is nothing to open. Nothing was changed. If the network has one, wait a few seconds and try again.</source>
        <translation>没有找到此网络的登录页面，因此无需打开。未做任何更改。如果网络确有登录页面，请等待几秒后重试。</translation>
    </message>
    <message>
        <source>No name server is set on this computer, so names of nodes cannot be found.</source>
        <translation>本机未设置域名服务器，因此无法解析节点的名称。</translation>
    </message>
    <message>
        <source>No name server may be asked here, so names are not found. Ask your administrator to name one.</source>
        <translation>这里不允许查询任何域名服务器，因此无法解析域名。请让管理员指定一个。</translation>
    </message>
    <message>
        <source>No node answers ({all} in the profile).</source>
        <translation>没有节点响应（配置中有 {all} 个）。</translation>
    </message>
    <message>
        <source>No node answers. Company systems cannot be reached until one does. Check this computer's internet connection: {app} reconnects by itself.</source>
        <translation>没有节点响应。在有节点响应之前无法访问公司系统。请检查此电脑的网络连接：{app} 会自动重新连接。</translation>
    </message>
    <message>
        <source>No node is called {node}. Nothing was changed. Choose one of: {known}.</source>
        <translation>没有名为 {node} 的节点。未做任何更改。请从中选择：{known}。</translation>
    </message>
    <message>
        <source>No other VPN runs.</source>
        <translation>没有其他 VPN 在运行。</translation>
    </message>
    <message>
        <source>No other node is ready</source>
        <translation>没有其他节点就绪</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Not connected: {why}</source>
        <translation>未连接：{why}</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now</source>
        <translation>目前并非所有应受保护的内容都受到保护</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now.</source>
        <translation>目前并非所有应受保护的内容都受到保护。</translation>
    </message>
    <message>
        <source>Not everything that should be protected is protected right now. Company traffic may go out directly. wgtray keeps trying; if this stays, tell your administrator.</source>
        <translation>目前并非所有应受保护的内容都受到保护。公司流量可能直接外连。wgtray 会继续尝试；如果仍然如此，请告知管理员。</translation>
    </message>
    <message>
        <source>Not everything that should be protected was protected.</source>
        <translation>并非所有应受保护的内容都曾受到保护。</translation>
    </message>
    <message>
        <source>Not installed: {tools}. Without them nothing can be connected.</source>
        <translation>未安装：{tools}。缺少它们便无法连接。</translation>
    </message>
    <message>
        <source>Not there: {tools}. Without them nothing can be connected.</source>
        <translation>缺少：{tools}。没有它们就无法连接。</translation>
    </message>
    <message>
        <source>Nothing keeps you from the login page. Open {url} in your browser.</source>
        <translation>登录页面没有被阻止。请在浏览器中打开 {url}。</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Only an administrator of this computer may do this. Nothing was changed. Run it with sudo.</source>
        <translation>只有本机管理员可以这样做。未做任何更改。请使用 sudo 运行。</translation>
    </message>
    <message>
        <source>Only company traffic goes through the VPN now.</source>
        <translation>现在只有公司流量通过 VPN。</translation>
    </message>
    <message>
        <source>Only through the VPN</source>
        <translation>仅通过 VPN</translation>
    </message>
    <message>
        <source>Only what is listed here goes through the VPN, everything else goes directly.</source>
        <translation>只有这里列出的内容通过 VPN，其他内容直接连接。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open a file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open a program that only uses the VPN</source>
        <translation>打开一个只使用 VPN 的程序</translation>
    </message>
    <message>
        <source>Open protected…</source>
        <translation>受保护打开…</translation>
    </message>
    <message>
        <source>Open wgtray…</source>
        <translation>打开 wgtray…</translation>
    </message>
    <message>
        <source>Other VPNs</source>
        <translation>其他 VPN</translation>
    </message>
    <message>
        <source>Others than the administrator could change your company's key in {path}, so no profile is taken. Nothing was changed. Tell your administrator.</source>
        <translation>管理员以外的人也能更改 {path} 中的公司密钥，因此不接受任何配置。未做任何更改。请告知管理员。</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Packets of {mtu} bytes do not get through to any node, small ones do. Downloads and large pages may hang. Ask your administrator to write a smaller mtu in the profile, such as 1280.</source>
        <translation>{mtu} 字节的数据包无法到达任何节点，小数据包可以。下载和大页面可能会卡住。请让管理员在配置中写入更小的 mtu，例如 1280。</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Paused until {until}.</source>
        <translation>已暂停至 {until}。</translation>
    </message>
    <message>
        <source>Paused until {when}</source>
        <translation>已暂停至 {when}</translation>
    </message>
    <message>
        <source>Preferred node</source>
        <translation>首选节点</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Profiles (*.toml *.conf);;All files (*)</source>
        <translation>配置 (*.toml *.conf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Programs</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Protected traffic is held back</source>
        <translation>受保护的流量被拦截</translation>
    </message>
    <message>
        <source>Protected traffic is held back: {why}</source>
        <translation>受保护的流量被拦截：{why}</translation>
    </message>
    <message>
        <source>Protected traffic is held back: {why}.</source>
        <translation>受保护的流量被拦截：{why}。</translation>
    </message>
    <message>
        <source>Protection</source>
        <translation>保护</translation>
    </message>
    <message>
        <source>Quit wgtray</source>
        <translation>退出 wgtray</translation>
    </message>
    <message>
        <source>Read "Sensitive apps" in the help: it says what is needed.</source>
        <translation>请阅读帮助中的“敏感应用”：其中说明了所需条件。</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>报告…</translation>
    </message>
    <message>
        <source>Restart the service after an update, or install both in the same version.</source>
        <translation>更新后请重启服务，或将两者安装为同一版本。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Rules for single programs are listed here once your company's profile is imported.</source>
        <translation>导入公司配置后，单个程序的规则会列在这里。</translation>
    </message>
    <message>
        <source>Sensitive apps</source>
        <translation>敏感应用</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Show:</source>
        <translation>显示：</translation>
    </message>
    <message>
        <source>Signed by</source>
        <translation>签名者</translation>
    </message>
    <message>
        <source>Single programs can be kept in the tunnel from their first packet.</source>
        <translation>可从第一个数据包起将单个程序限制在隧道内。</translation>
    </message>
    <message>
        <source>Single programs cannot be kept in the tunnel on this computer.</source>
        <translation>本机无法将单个程序限制在隧道内。</translation>
    </message>
    <message>
        <source>Something went wrong that this version has no words for ({code}{detail}). It may affect your connection. Update {app}; if this stays, send this sentence to your administrator.</source>
        <translation>发生了此版本无法描述的问题（{code}{detail}）。它可能影响您的连接。请更新 {app}；如果仍然存在，请将这句话发给管理员。</translation>
    </message>
    <message>
        <source>Sort nodes</source>
        <translation>节点排序</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>分流</translation>
    </message>
    <message>
        <source>Start GNOME Keyring or KWallet, or import the profile with --keys helper.</source>
        <translation>请启动 GNOME Keyring 或 KWallet，或用 --keys helper 导入配置文件。</translation>
    </message>
    <message>
        <source>Start when I log in</source>
        <translation>登录时启动</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>State: {state}</source>
        <translation>状态：{state}</translation>
    </message>
    <message>
        <source>Switch it on with "wgtray autostart on".</source>
        <translation>可用“wgtray autostart on”开启。</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>取消规则</translation>
    </message>
    <message>
        <source>Test now</source>
        <translation>立即测试</translation>
    </message>
    <message>
        <source>The background service is back.</source>
        <translation>后台服务已恢复。</translation>
    </message>
    <message>
        <source>The background service of wgtray is not running yet, so nothing can be imported. Installing it asks once for the password of an administrator of this computer; after that nothing does.</source>
        <translation>wgtray 的后台服务尚未运行，因此无法导入。安装它时会询问一次此电脑管理员的密码；之后不再询问。</translation>
    </message>
    <message>
        <source>The background service went away before it had the profile. Nothing was changed. Try again.</source>
        <translation>后台服务在收到配置之前消失了。未做任何更改。请重试。</translation>
    </message>
    <message>
        <source>The background service went away.</source>
        <translation>后台服务已消失。</translation>
    </message>
    <message>
        <source>The best node is chosen automatically.</source>
        <translation>自动选择最佳节点。</translation>
    </message>
    <message>
        <source>The desktop shows no tray icons, so the icon cannot be seen.</source>
        <translation>桌面不显示托盘图标，因此看不到图标。</translation>
    </message>
    <message>
        <source>The desktop shows tray icons.</source>
        <translation>桌面会显示托盘图标。</translation>
    </message>
    <message>
        <source>The end of this signed profile is missing or damaged. Nothing was changed. Get the file again; if it stays so, tell your administrator.</source>
        <translation>此签名配置的结尾缺失或已损坏。未做任何更改。请重新获取文件；如果仍然如此，请告知管理员。</translation>
    </message>
    <message>
        <source>The first measurements will be here in a moment.</source>
        <translation>第一批测量结果稍后显示在这里。</translation>
    </message>
    <message>
        <source>The graphical parts of wgtray are not installed. Install them with "pip install wgtray[gui]", or use the command line: "wgtray status".</source>
        <translation>wgtray 的图形部分未安装。请用 “pip install wgtray[gui]” 安装，或使用命令行：“wgtray status”。</translation>
    </message>
    <message>
        <source>The keyring is locked, so the private key cannot be read.</source>
        <translation>密钥环已锁定，无法读取私钥。</translation>
    </message>
    <message>
        <source>The name {name} has no address right now. A node whose name has none cannot be used. Check this computer's internet connection; if that works, tell your administrator.</source>
        <translation>域名 {name} 目前没有地址。没有地址的节点无法使用。请检查此电脑的网络连接；如果正常，请告知管理员。</translation>
    </message>
    <message>
        <source>The node is chosen automatically now.</source>
        <translation>现在自动选择节点。</translation>
    </message>
    <message>
        <source>The nodes answer, but the company network behind them does not ({check}). Company systems may not work until it is back, over whichever node. Tell your administrator: {app} keeps trying.</source>
        <translation>节点有响应，但其后的公司网络没有响应（{check}）。在恢复之前，无论通过哪个节点，公司系统都可能无法工作。请告知管理员：{app} 会继续尝试。</translation>
    </message>
    <message>
        <source>The nodes can be reached, but none accepts this computer's key. You cannot connect until your administrator adds it. Send them this computer's public key{key} and ask to add it.</source>
        <translation>可以到达节点，但没有节点接受此电脑的密钥。在管理员添加之前您无法连接。请将此电脑的公钥{key}发给管理员并请求添加。</translation>
    </message>
    <message>
        <source>The nodes of your company are listed here once its profile is imported.</source>
        <translation>导入公司配置后，公司的节点会列在这里。</translation>
    </message>
    <message>
        <source>The nodes' addresses are being looked up; then connecting goes on. There is nothing to do.</source>
        <translation>正在查找节点的地址，然后继续连接。无需操作。</translation>
    </message>
    <message>
        <source>The private key of this profile is neither in your keyring nor with {app}'s service, so you cannot connect. Import the profile again.</source>
        <translation>此配置的私钥既不在您的密钥环中，也不在 {app} 的服务中，因此无法连接。请重新导入配置。</translation>
    </message>
    <message>
        <source>The private key of this profile is not on this computer, so you cannot connect. Import the profile again, or ask your administrator for a new one.</source>
        <translation>此配置的私钥不在这台电脑上，因此无法连接。请重新导入配置，或向管理员索取新的配置。</translation>
    </message>
    <message>
        <source>The private key that was handed over does not belong to this profile (public key {public_key}). Nothing was changed. Import the profile again.</source>
        <translation>所提供的私钥不属于此配置（公钥 {public_key}）。未做任何更改。请重新导入配置。</translation>
    </message>
    <message>
        <source>The profile has no address for this computer. Nothing was changed. Import it with "wgtray profile import FILE --address ADDRESS", using the address from your administrator.</source>
        <translation>配置中没有此电脑的地址。未做任何更改。请使用管理员提供的地址导入：“wgtray profile import FILE --address ADDRESS”。</translation>
    </message>
    <message>
        <source>The profile is imported, and you are being connected.</source>
        <translation>配置已导入，正在连接。</translation>
    </message>
    <message>
        <source>The profile is imported. Send this public key to your administrator; you can connect once they have added it. It is no secret.</source>
        <translation>配置已导入。请将此公钥发给管理员；添加后即可连接。它不是秘密。</translation>
    </message>
    <message>
        <source>The profile names no node, so there is nothing to connect to. Nothing was changed. Ask your administrator for a complete profile.</source>
        <translation>配置中没有节点，因此无法连接。未做任何更改。请向管理员索取完整的配置。</translation>
    </message>
    <message>
        <source>The profile of {company} was imported.</source>
        <translation>已导入 {company} 的配置。</translation>
    </message>
    <message>
        <source>The profile of {company} was removed.</source>
        <translation>已移除 {company} 的配置。</translation>
    </message>
    <message>
        <source>The profile of {company} was updated.</source>
        <translation>{company} 的配置已更新。</translation>
    </message>
    <message>
        <source>The profile of {profile} is imported (nodes: {nodes}).</source>
        <translation>已导入 {profile} 的配置（节点数：{nodes}）。</translation>
    </message>
    <message>
        <source>The program {tool} is missing, or others than administrators could change it. Without it {app} cannot connect. Install {app} again; if this stays, send this sentence to your administrator.</source>
        <translation>程序 {tool} 缺失，或者管理员以外的人可以更改它。没有它，{app} 无法连接。请重新安装 {app}；如果仍然如此，请将这句话发给您的管理员。</translation>
    </message>
    <message>
        <source>The program {tool} is not installed. Without it {app} cannot connect. Install the package {package} and connect again.</source>
        <translation>程序 {tool} 未安装。没有它 {app} 无法连接。请安装软件包 {package} 并重新连接。</translation>
    </message>
    <message>
        <source>The program {tool} is not installed. Without it {app} cannot do this. Install the package {package} and try again.</source>
        <translation>程序 {tool} 未安装。没有它 {app} 无法执行此操作。请安装软件包 {package} 后重试。</translation>
    </message>
    <message>
        <source>The request could not be carried out ({code}{detail}). Nothing was changed. Try again; if this stays, send this sentence to your administrator.</source>
        <translation>请求无法执行（{code}{detail}）。未做任何更改。请重试；如果仍然如此，请将这句话发给管理员。</translation>
    </message>
    <message>
        <source>The rule for {program} is locked by {company}. Nothing was changed. Your administrator decides this; ask there if it is in the way.</source>
        <translation>{program} 的规则由 {company} 锁定。未做任何更改。由管理员决定；如有妨碍请咨询管理员。</translation>
    </message>
    <message>
        <source>The saved settings in {path} could not be read and were left alone. What is unknown is held back: {app} assumes that you want to be connected. Import your profile again, or restore that file and restart the service.</source>
        <translation>无法读取 {path} 中保存的设置，文件保持不变。未知的内容将被拦截：{app} 假定您希望保持连接。请重新导入配置，或恢复该文件并重启服务。</translation>
    </message>
    <message>
        <source>The saved settings in {path} could not be read. Nothing was changed. Restore that file, or move it away and import your profile again.</source>
        <translation>无法读取 {path} 中保存的设置。未做任何更改。请恢复该文件，或将其移走并重新导入配置。</translation>
    </message>
    <message>
        <source>The service is not installed, so nothing can be connected.</source>
        <translation>服务未安装，因此无法连接。</translation>
    </message>
    <message>
        <source>The service is version {service}, this program is version {version}.</source>
        <translation>服务的版本是 {service}，本程序的版本是 {version}。</translation>
    </message>
    <message>
        <source>The service runs (version {version}).</source>
        <translation>服务正在运行（版本 {version}）。</translation>
    </message>
    <message>
        <source>The socket of wgtray's service belongs to another user</source>
        <translation>wgtray 服务的套接字属于另一个用户</translation>
    </message>
    <message>
        <source>The socket {socket} belongs to another user, so it is not {app}'s service. Nothing was sent to it. Tell your administrator.</source>
        <translation>套接字 {socket} 属于另一个用户，因此不是 {app} 的服务。没有向其发送任何内容。请告知管理员。</translation>
    </message>
    <message>
        <source>The system refused a step: {command} said {detail}. The connection is not as it should be. {app} tries again by itself; if this stays, send this sentence to your administrator.</source>
        <translation>系统拒绝了一个步骤：{command} 报告 {detail}。连接状态不正常。{app} 会自动重试；如果仍然如此，请将这句话发给管理员。</translation>
    </message>
    <message>
        <source>The system refused a step: {command} said {detail}. The request could not be carried out. Try again; if this stays, send this sentence to your administrator.</source>
        <translation>系统拒绝了一个步骤：{command} 报告 {detail}。请求无法执行。请重试；如果仍然如此，请将这句话发给管理员。</translation>
    </message>
    <message>
        <source>The way for protected programs is not ready yet. The program was not started. Try again in a moment.</source>
        <translation>受保护程序的通道尚未就绪。程序没有启动。请稍后重试。</translation>
    </message>
    <message>
        <source>There is a keyring for the private key.</source>
        <translation>有可存放私钥的密钥环。</translation>
    </message>
    <message>
        <source>There is a rule called {program} already. Nothing was changed. Choose another with "--name", or remove that one first.</source>
        <translation>已有名为 {program} 的规则。未做任何更改。请用 “--name” 选择其他名称，或先移除它。</translation>
    </message>
    <message>
        <source>There is no WireGuard: neither a kernel module nor wireguard-go.</source>
        <translation>没有 WireGuard：既无内核模块，也无 wireguard-go。</translation>
    </message>
    <message>
        <source>There is no company profile on this computer yet, so there is nothing to connect to. Import the file from your administrator with "wgtray profile import FILE".</source>
        <translation>此电脑上还没有公司配置，因此无法连接。请导入管理员提供的文件：“wgtray profile import FILE”。</translation>
    </message>
    <message>
        <source>There is no firewall program, so nothing can be held back outside the tunnel.</source>
        <translation>没有防火墙程序，因此无法拦截隧道外的流量。</translation>
    </message>
    <message>
        <source>There is no profile yet, so there is nothing to connect to.</source>
        <translation>还没有配置文件，因此无可连接。</translation>
    </message>
    <message>
        <source>There is no space left to write {path}. Nothing was changed. Free some space on that disk and try again.</source>
        <translation>没有空间写入 {path}。未做任何更改。请释放该磁盘的空间后重试。</translation>
    </message>
    <message>
        <source>There is no space left to write {path}. What you change now is forgotten at the next start. Free some space on that disk.</source>
        <translation>没有空间写入 {path}。现在的更改在下次启动时会丢失。请释放该磁盘的空间。</translation>
    </message>
    <message>
        <source>There is no text to paste. Copy the profile first, or open the file.</source>
        <translation>没有可粘贴的文本。请先复制配置，或打开文件。</translation>
    </message>
    <message>
        <source>There is nothing of this kind.</source>
        <translation>没有此类内容。</translation>
    </message>
    <message>
        <source>This computer cannot carry out the rule. Tell your administrator.</source>
        <translation>此电脑无法执行该规则。请告知管理员。</translation>
    </message>
    <message>
        <source>This computer does not know your company's key yet, so it takes no updates. Nothing was changed. Import the signed profile first.</source>
        <translation>本机还不知道公司的密钥，因此不接受更新。未做任何更改。请先导入已签名的配置。</translation>
    </message>
    <message>
        <source>This computer has no network. Company systems cannot be reached until it has one. Connect to a network; {app} then reconnects by itself.</source>
        <translation>此电脑没有网络。在有网络之前无法访问公司系统。请连接网络；{app} 会自动重新连接。</translation>
    </message>
    <message numerus="yes">
        <source>This computer is ready, with {count} things to look at.</source>
        <translation>
            <numerusform>本机已就绪，有 {count} 项需留意。</numerusform>
        </translation>
    </message>
    <message>
        <source>This computer is ready.</source>
        <translation>本机已就绪。</translation>
    </message>
    <message>
        <source>This could not be changed ({why}).</source>
        <translation>无法更改（{why}）。</translation>
    </message>
    <message>
        <source>This could not be kept ({why}). Look at the folder {path}.</source>
        <translation>无法保存（{why}）。请检查文件夹 {path}。</translation>
    </message>
    <message>
        <source>This happens again and again: further ones are on the page Activity.</source>
        <translation>此情况反复发生：更多内容见“活动”页面。</translation>
    </message>
    <message>
        <source>This is all that the report holds. Keys, addresses, names of hosts and people are replaced. Save it and send it to your administrator.</source>
        <translation>这是报告的全部内容。密钥、地址、主机名和人名均已替换。请保存后发送给管理员。</translation>
    </message>
    <message>
        <source>This is more than one message between {app} and its service can hold. Nothing was changed. Use a profile with fewer nodes, networks or programs.</source>
        <translation>内容超出了 {app} 与其服务之间一条消息的容量。未做任何更改。请使用节点、网络或程序更少的配置。</translation>
    </message>
    <message>
        <source>This is no graphical session, so there is no tray.</source>
        <translation>当前不是图形会话，因此没有托盘。</translation>
    </message>
    <message>
        <source>This is what the profile of {company} does</source>
        <translation>{company} 的配置将执行以下操作</translation>
    </message>
    <message>
        <source>This network asks you to log in</source>
        <translation>此网络要求登录</translation>
    </message>
    <message>
        <source>This network lets nothing through before you have logged in at {url}. You cannot reach your company until then. Open that page in your browser; {app} connects by itself afterwards.</source>
        <translation>在您登录 {url} 之前，此网络不放行任何流量。在此之前无法访问公司。请在浏览器中打开该页面；之后 {app} 会自动连接。</translation>
    </message>
    <message>
        <source>This profile (number {serial}) is older than the one that was in use here (number {last}). Nothing was changed. Ask your administrator for the newest one.</source>
        <translation>此配置（编号 {serial}）比这里用过的配置（编号 {last}）旧。未做任何更改。请向管理员索取最新的配置。</translation>
    </message>
    <message>
        <source>This profile is dated {when}, which is still to come. Nothing was changed. Set the date of this computer right and try again.</source>
        <translation>此配置的日期是 {when}，尚未到来。未做任何更改。请校正本机日期后重试。</translation>
    </message>
    <message>
        <source>This profile is not signed, and this computer takes only what your company signed. Nothing was changed. Ask your administrator for the signed file.</source>
        <translation>此配置未签名，而本机只接受公司签名的配置。未做任何更改。请向管理员索取已签名的文件。</translation>
    </message>
    <message>
        <source>This profile is not what your company signed: somebody or something changed it on its way. Nothing was changed here. Get the file again, and tell your administrator.</source>
        <translation>此配置并非公司签名的内容：它在途中被更改了。这里未做任何更改。请重新获取文件，并告知管理员。</translation>
    </message>
    <message>
        <source>This profile is signed by your company, but it cannot be used: {detail}. Nothing was changed. Send this sentence to your administrator, or update {app}.</source>
        <translation>此配置由公司签名，但无法使用：{detail}。未做任何更改。请将这句话发给管理员，或更新 {app}。</translation>
    </message>
    <message>
        <source>This profile was good until {when} only. Nothing was changed. Ask your administrator for a new one, and check the date of this computer.</source>
        <translation>此配置的有效期只到 {when}。未做任何更改。请向管理员索取新的配置，并检查本机日期。</translation>
    </message>
    <message>
        <source>This profile was made for the key of another computer. Nothing was changed. Import it on the computer and as the user of "wgtray enroll request", or make a new request.</source>
        <translation>此配置是为另一台电脑的密钥制作的。未做任何更改。请在运行过 “wgtray enroll request” 的电脑上以同一用户导入，或重新发出请求。</translation>
    </message>
    <message>
        <source>This profile was signed with another key ({fingerprint}) than your company's. Nothing was changed. Ask your administrator whether that key is theirs.</source>
        <translation>此配置是用另一把密钥（{fingerprint}）签名的，而不是公司的密钥。未做任何更改。请询问管理员那是否是他们的密钥。</translation>
    </message>
    <message>
        <source>This session has no keyring that keeps secrets.</source>
        <translation>此会话没有可保存机密的密钥环。</translation>
    </message>
    <message>
        <source>This system cannot send a single program into the tunnel. The program was not started. Use "wgtray mode full", which sends everything there.</source>
        <translation>此系统无法将单个程序送入隧道。程序没有启动。请使用 “wgtray mode full”，它会将所有流量送入隧道。</translation>
    </message>
    <message>
        <source>This system does not say that a program starts before it runs. The first packets of a protected program may go out before it is in the tunnel. Start it with "wgtray run -- PROGRAM", or ask your administrator for a system that can.</source>
        <translation>此系统不会在程序运行前通知其启动。受保护程序的第一批数据包可能在进入隧道之前发出。请用 “wgtray run -- PROGRAM” 启动，或向管理员要求支持此功能的系统。</translation>
    </message>
    <message>
        <source>This version of {app} carries company traffic only. Nothing was changed. Stay with "wgtray mode split".</source>
        <translation>此版本的 {app} 只传输公司流量。未做任何更改。请保持 “wgtray mode split”。</translation>
    </message>
    <message>
        <source>This version of {app} does not carry out {feature} of your company's profile. Do not rely on it yet. Tell your administrator, or update {app} when a later version can.</source>
        <translation>此版本的 {app} 不执行公司配置中的 {feature}。请暂时不要依赖它。请告知管理员，或在新版本支持时更新 {app}。</translation>
    </message>
    <message>
        <source>Through the VPN</source>
        <translation>通过 VPN</translation>
    </message>
    <message>
        <source>To the overview</source>
        <translation>前往概览</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>流量</translation>
    </message>
    <message>
        <source>Tray</source>
        <translation>托盘</translation>
    </message>
    <message>
        <source>Tray icon</source>
        <translation>托盘图标</translation>
    </message>
    <message>
        <source>Unlock it: log in to the desktop, or open its password program.</source>
        <translation>请解锁：登录桌面，或打开其密码程序。</translation>
    </message>
    <message>
        <source>Use this node</source>
        <translation>使用此节点</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Version {version}, service {service}</source>
        <translation>版本 {version}，服务 {service}</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>What answers at {socket} does not speak this version's language. You cannot connect or see the nodes. Update {app} and its service to the same version and restart both.</source>
        <translation>{socket} 上的响应不符合此版本的协议。您无法连接或查看节点。请将 {app} 及其服务更新到相同版本并重启两者。</translation>
    </message>
    <message>
        <source>What goes through the VPN is listed here once your company's profile is imported.</source>
        <translation>导入公司配置后，通过 VPN 的内容会列在这里。</translation>
    </message>
    <message>
        <source>What happens to your connection is noted here: switches, interruptions, changes.</source>
        <translation>您的连接发生的情况会记录在这里：切换、中断、更改。</translation>
    </message>
    <message>
        <source>What must not leave outside the tunnel can be held back ({program}).</source>
        <translation>可以拦截不得在隧道之外发出的流量（{program}）。</translation>
    </message>
    <message>
        <source>What you can do</source>
        <translation>您可以做什么</translation>
    </message>
    <message>
        <source>When a Wi-Fi asks you to log in</source>
        <translation>当 Wi-Fi 要求登录时</translation>
    </message>
    <message>
        <source>When a sensitive app is cut off</source>
        <translation>当敏感应用被切断时</translation>
    </message>
    <message>
        <source>When another node takes over</source>
        <translation>当另一个节点接管时</translation>
    </message>
    <message>
        <source>When it flows again</source>
        <translation>当流量恢复时</translation>
    </message>
    <message>
        <source>When protected traffic is held back</source>
        <translation>当受保护的流量被拦截时</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Which node is used is set by {company}.</source>
        <translation>使用哪个节点由 {company} 设定。</translation>
    </message>
    <message>
        <source>Which way does … go?</source>
        <translation>…走哪条路径？</translation>
    </message>
    <message>
        <source>While you are connected, the latency of every node is drawn here.</source>
        <translation>连接期间，这里会绘制每个节点的延迟。</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白色</translation>
    </message>
    <message>
        <source>WireGuard</source>
        <translation>WireGuard</translation>
    </message>
    <message>
        <source>WireGuard is a registered trademark of Jason A. Donenfeld.</source>
        <translation>WireGuard 是 Jason A. Donenfeld 的注册商标。</translation>
    </message>
    <message>
        <source>WireGuard is there ({implementation}).</source>
        <translation>WireGuard 可用（{implementation}）。</translation>
    </message>
    <message>
        <source>Write the address as your administrator gave it, such as 10.66.0.10/32.</source>
        <translation>请按管理员给出的格式填写地址，例如 10.66.0.10/32。</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>You are connected</source>
        <translation>您已连接</translation>
    </message>
    <message>
        <source>You are not connected, and your company's profile holds nothing back then. The program was not started, because it would go out in the clear. Use "wgtray connect" first.</source>
        <translation>您尚未连接，而公司配置此时不拦截任何流量。程序没有启动，因为它会不受保护地外连。请先使用 “wgtray connect”。</translation>
    </message>
    <message>
        <source>You are now on {node}</source>
        <translation>您现在使用 {node}</translation>
    </message>
    <message>
        <source>You chose {node} for good.</source>
        <translation>您已固定选择 {node}。</translation>
    </message>
    <message>
        <source>You chose {node}. If it fails, {app} still moves to another one and comes back.</source>
        <translation>您选择了 {node}。如果它失效，{app} 仍会切换到其他节点并在之后返回。</translation>
    </message>
    <message>
        <source>You have no rule called {program}. Nothing was changed. See them with "wgtray apps".</source>
        <translation>您没有名为 {program} 的规则。未做任何更改。请用 “wgtray apps” 查看。</translation>
    </message>
    <message>
        <source>You have not asked to be connected, so there is nothing to pause or to resume. Nothing was changed. Connect with "wgtray connect".</source>
        <translation>您没有请求连接，因此没有可暂停或恢复的内容。未做任何更改。请用 “wgtray connect” 连接。</translation>
    </message>
    <message>
        <source>You have {most} rules for programs, which is as many as {app} keeps. Nothing was changed. Remove one first, or name a directory that holds several programs.</source>
        <translation>您已有 {most} 条程序规则，这是 {app} 的上限。未做任何更改。请先移除一条，或指定包含多个程序的目录。</translation>
    </message>
    <message>
        <source>You may not use wgtray's service</source>
        <translation>您无权使用 wgtray 的服务</translation>
    </message>
    <message>
        <source>You may not use {app}'s service at {socket}. You cannot connect or see the nodes. Ask your administrator to run "{admit}" with your user name, then log out and in again.</source>
        <translation>您无权使用 {socket} 上的 {app} 服务。您无法连接或查看节点。请让管理员用您的用户名运行 "{admit}"，然后重新登录。</translation>
    </message>
    <message>
        <source>You may not use {app}'s service at {socket}. You cannot connect or see the nodes. Only who has logged in at this computer may: do so, and try again.</source>
        <translation>您无权使用 {socket} 上的 {app} 服务。您无法连接或查看节点。只有在这台计算机上登录的人才可以：请在本机登录后重试。</translation>
    </message>
    <message>
        <source>You may not {action} on this computer. Nothing was changed. Your administrator decides this; ask there if you need it.</source>
        <translation>您在此电脑上不允许：{action}。未做任何更改。由管理员决定；如有需要请咨询管理员。</translation>
    </message>
    <message>
        <source>You were added to the group wgtray after you logged in, so you may not use the service yet.</source>
        <translation>您登录之后才被加入 wgtray 组，因此暂时无权使用服务。</translation>
    </message>
    <message>
        <source>Your address</source>
        <translation>您的地址</translation>
    </message>
    <message>
        <source>Your company has set no rules for single programs. With such a rule a program only ever uses the VPN, or never does.</source>
        <translation>公司没有为单个程序设置规则。有了规则，程序就只使用 VPN，或从不使用。</translation>
    </message>
    <message>
        <source>Your company's key in {path} cannot be read, so no profile is taken. Nothing was changed. Tell your administrator.</source>
        <translation>无法读取 {path} 中的公司密钥，因此不接受任何配置。未做任何更改。请告知管理员。</translation>
    </message>
    <message>
        <source>Your company's policy does not allow this. An administrator of this computer is being asked…</source>
        <translation>贵公司的策略不允许此操作。正在询问本机管理员…</translation>
    </message>
    <message>
        <source>Your company's profile was good until {when}, and no newer one has come. It is still in use. Ask your administrator for a new one.</source>
        <translation>公司的配置有效期到 {when}，而新的配置尚未到来。它仍在使用。请向管理员索取新的配置。</translation>
    </message>
    <message>
        <source>Your key</source>
        <translation>您的密钥</translation>
    </message>
    <message>
        <source>a program is missing</source>
        <translation>缺少一个程序</translation>
    </message>
    <message>
        <source>a rule that should not be there any more</source>
        <translation>一条不应再存在的规则</translation>
    </message>
    <message>
        <source>an address of {name}</source>
        <translation>{name} 的地址</translation>
    </message>
    <message>
        <source>another key signed it</source>
        <translation>它由另一把密钥签名</translation>
    </message>
    <message>
        <source>answering</source>
        <translation>有响应</translation>
    </message>
    <message>
        <source>asked of the company's name servers</source>
        <translation>向公司的域名服务器查询</translation>
    </message>
    <message>
        <source>change the rules for programs</source>
        <translation>更改程序规则</translation>
    </message>
    <message>
        <source>choose the node</source>
        <translation>选择节点</translation>
    </message>
    <message>
        <source>choose which traffic goes through the tunnel</source>
        <translation>选择哪些流量通过隧道</translation>
    </message>
    <message>
        <source>company network {detail}</source>
        <translation>公司网络 {detail}</translation>
    </message>
    <message>
        <source>company traffic only</source>
        <translation>仅公司流量</translation>
    </message>
    <message>
        <source>connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>connect first</source>
        <translation>请先连接</translation>
    </message>
    <message>
        <source>directly, past the tunnel</source>
        <translation>直接连接，绕过隧道</translation>
    </message>
    <message>
        <source>disconnect</source>
        <translation>断开连接</translation>
    </message>
    <message>
        <source>enforced</source>
        <translation>已执行</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>everything goes through the tunnel</source>
        <translation>所有流量都通过隧道</translation>
    </message>
    <message>
        <source>everything, as your company wants it</source>
        <translation>全部，按公司要求</translation>
    </message>
    <message>
        <source>for example intranet.corp.example</source>
        <translation>例如 intranet.corp.example</translation>
    </message>
    <message>
        <source>forget the company's key</source>
        <translation>忘记公司的密钥</translation>
    </message>
    <message>
        <source>held back</source>
        <translation>被拦截</translation>
    </message>
    <message>
        <source>held back: no node answers</source>
        <translation>被拦截：没有节点响应</translation>
    </message>
    <message>
        <source>held back: nothing may go past the tunnel</source>
        <translation>被拦截：不允许绕过隧道</translation>
    </message>
    <message>
        <source>held back: you are not connected</source>
        <translation>被拦截：您未连接</translation>
    </message>
    <message>
        <source>import a profile</source>
        <translation>导入配置</translation>
    </message>
    <message>
        <source>in order</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>is in the file; it moves to your keyring, or to the service where there is none</source>
        <translation>在文件中；它会移到您的密钥环，没有密钥环时移到服务中</translation>
    </message>
    <message>
        <source>is made on this computer; you give its public half to your administrator</source>
        <translation>在此电脑上生成；您将公钥部分交给管理员</translation>
    </message>
    <message>
        <source>it</source>
        <translation>它</translation>
    </message>
    <message>
        <source>it cannot be checked</source>
        <translation>无法核验</translation>
    </message>
    <message>
        <source>it cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>it holds what belongs to one person</source>
        <translation>它包含属于个人的内容</translation>
    </message>
    <message>
        <source>it is a name server of the company</source>
        <translation>它是公司的域名服务器</translation>
    </message>
    <message>
        <source>it is a node itself</source>
        <translation>它本身就是一个节点</translation>
    </message>
    <message>
        <source>it is asked whether the company answers</source>
        <translation>用它查询公司是否有响应</translation>
    </message>
    <message>
        <source>it is in your local network</source>
        <translation>它在您的本地网络中</translation>
    </message>
    <message>
        <source>it is not signed</source>
        <translation>它未签名</translation>
    </message>
    <message>
        <source>it is older than the one in use</source>
        <translation>它比当前的配置旧</translation>
    </message>
    <message>
        <source>it is the address of node {detail} inside the tunnel</source>
        <translation>它是节点 {detail} 在隧道内的地址</translation>
    </message>
    <message>
        <source>it is the better node and has been well for a while</source>
        <translation>它是更好的节点并已稳定一段时间</translation>
    </message>
    <message>
        <source>it is this computer</source>
        <translation>它就是此电脑</translation>
    </message>
    <message>
        <source>it spreads users over the nodes</source>
        <translation>这样将用户分散到各节点</translation>
    </message>
    <message>
        <source>it was changed on its way</source>
        <translation>它在途中被更改</translation>
    </message>
    <message>
        <source>its addresses go through the VPN</source>
        <translation>其地址通过 VPN</translation>
    </message>
    <message>
        <source>its end is missing</source>
        <translation>它的结尾缺失</translation>
    </message>
    <message>
        <source>its first packets may go past the tunnel</source>
        <translation>其第一批数据包可能绕过隧道</translation>
    </message>
    <message>
        <source>its time is over</source>
        <translation>它已过期</translation>
    </message>
    <message>
        <source>its time is still to come</source>
        <translation>它尚未生效</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>large packets did not get through {from}</source>
        <translation>大数据包无法通过 {from}</translation>
    </message>
    <message>
        <source>learned before the service was restarted</source>
        <translation>在服务重启之前学习到</translation>
    </message>
    <message>
        <source>limit {ms} ms</source>
        <translation>上限 {ms} ms</translation>
    </message>
    <message>
        <source>look here</source>
        <translation>请留意</translation>
    </message>
    <message>
        <source>measure the nodes now</source>
        <translation>立即测量节点</translation>
    </message>
    <message>
        <source>moved to {node}</source>
        <translation>已切换到 {node}</translation>
    </message>
    <message>
        <source>never through the VPN</source>
        <translation>从不通过 VPN</translation>
    </message>
    <message>
        <source>never through the tunnel</source>
        <translation>从不通过隧道</translation>
    </message>
    <message>
        <source>no address was found for a node</source>
        <translation>没有找到某个节点的地址</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>无响应</translation>
    </message>
    <message>
        <source>no node</source>
        <translation>无节点</translation>
    </message>
    <message>
        <source>no node answers</source>
        <translation>没有节点响应</translation>
    </message>
    <message>
        <source>no node right now</source>
        <translation>目前没有节点</translation>
    </message>
    <message>
        <source>no rule is about it</source>
        <translation>没有相关规则</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>尚无</translation>
    </message>
    <message>
        <source>not answering</source>
        <translation>无响应</translation>
    </message>
    <message>
        <source>not enforced</source>
        <translation>未执行</translation>
    </message>
    <message>
        <source>not enforced while you are not connected</source>
        <translation>未连接时不执行</translation>
    </message>
    <message>
        <source>not found on this computer</source>
        <translation>在此电脑上未找到</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>not needed in the office</source>
        <translation>在办公室不需要</translation>
    </message>
    <message>
        <source>not possible on this computer yet</source>
        <translation>此电脑尚不支持</translation>
    </message>
    <message>
        <source>note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>nothing came back from {from}</source>
        <translation>{from} 没有返回任何数据</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>nowhere: it is held back</source>
        <translation>无处可去：被拦截</translation>
    </message>
    <message>
        <source>only through the VPN</source>
        <translation>仅通过 VPN</translation>
    </message>
    <message>
        <source>only through the tunnel</source>
        <translation>仅通过隧道</translation>
    </message>
    <message>
        <source>open the login page of a network</source>
        <translation>打开网络的登录页面</translation>
    </message>
    <message>
        <source>over {node}</source>
        <translation>经由 {node}</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已固定</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>remove the profile</source>
        <translation>移除配置</translation>
    </message>
    <message>
        <source>restart it: it was running before</source>
        <translation>请重启：它之前已在运行</translation>
    </message>
    <message>
        <source>resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>runs now</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>see the profile</source>
        <translation>查看配置</translation>
    </message>
    <message>
        <source>see the state of the connection</source>
        <translation>查看连接状态</translation>
    </message>
    <message>
        <source>see which way packets go</source>
        <translation>查看数据包的路径</translation>
    </message>
    <message>
        <source>set by your company</source>
        <translation>由公司设定</translation>
    </message>
    <message>
        <source>set by {company}</source>
        <translation>由 {company} 设定</translation>
    </message>
    <message>
        <source>since {when}</source>
        <translation>自 {when}</translation>
    </message>
    <message>
        <source>slow</source>
        <translation>缓慢</translation>
    </message>
    <message>
        <source>something is in the way</source>
        <translation>有某些阻碍</translation>
    </message>
    <message>
        <source>start a program in the tunnel</source>
        <translation>在隧道中启动程序</translation>
    </message>
    <message>
        <source>the address of {from} changed</source>
        <translation>{from} 的地址已更改</translation>
    </message>
    <message>
        <source>the company network behind {from} did not answer</source>
        <translation>{from} 后面的公司网络没有响应</translation>
    </message>
    <message>
        <source>the connection is paused</source>
        <translation>连接已暂停</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>the key {fingerprint}. Compare it with what your company tells; after the import no other is taken.</source>
        <translation>密钥 {fingerprint}。请与公司告知的内容核对；导入后不再接受其他密钥。</translation>
    </message>
    <message>
        <source>the nodes do not know this computer's key</source>
        <translation>节点不认识此电脑的密钥</translation>
    </message>
    <message>
        <source>the private key is missing</source>
        <translation>缺少私钥</translation>
    </message>
    <message>
        <source>the service lacks permission</source>
        <translation>服务缺少权限</translation>
    </message>
    <message>
        <source>the system refused a step</source>
        <translation>系统拒绝了一个步骤</translation>
    </message>
    <message>
        <source>this computer does not know your company's key</source>
        <translation>本机不知道公司的密钥</translation>
    </message>
    <message>
        <source>this computer has no network</source>
        <translation>此电脑没有网络</translation>
    </message>
    <message>
        <source>this network asks you to log in</source>
        <translation>此网络要求登录</translation>
    </message>
    <message>
        <source>this program cannot have a rule</source>
        <translation>此程序不能设置规则</translation>
    </message>
    <message>
        <source>this system cannot route single programs</source>
        <translation>此系统无法为单个程序选路</translation>
    </message>
    <message>
        <source>through the tunnel</source>
        <translation>通过隧道</translation>
    </message>
    <message>
        <source>to be mended</source>
        <translation>需要修复</translation>
    </message>
    <message>
        <source>under 1 ms</source>
        <translation>不到 1 ms</translation>
    </message>
    <message>
        <source>update the profile</source>
        <translation>更新配置</translation>
    </message>
    <message>
        <source>was made here for the request that this answers</source>
        <translation>是为此答复所对应的请求在本机生成的</translation>
    </message>
    <message>
        <source>wgtray does not start when you log in.</source>
        <translation>您登录时 wgtray 不会启动。</translation>
    </message>
    <message>
        <source>wgtray is running already; its window is open now.</source>
        <translation>wgtray 已在运行；其窗口现已打开。</translation>
    </message>
    <message>
        <source>wgtray keeps trying. If this stays, send a report to your administrator.</source>
        <translation>wgtray 会继续尝试。如果仍然如此，请将报告发送给管理员。</translation>
    </message>
    <message>
        <source>wgtray needs a graphical session to show itself and found none. Start it from your desktop, or use the command line: "wgtray status".</source>
        <translation>wgtray 需要图形会话但没有找到。请从桌面启动，或使用命令行：“wgtray status”。</translation>
    </message>
    <message>
        <source>wgtray needs your company's profile: a file ending in .toml or .conf that your administrator gave you. Nothing changes before you have seen what is in it.</source>
        <translation>wgtray 需要公司的配置：管理员给您的以 .toml 或 .conf 结尾的文件。在您看到其内容之前不会有任何更改。</translation>
    </message>
    <message>
        <source>wgtray reaches your company over the best of its WireGuard nodes and carries only what belongs there.</source>
        <translation>wgtray 通过最佳的 WireGuard 节点访问公司，并且只传输属于公司的内容。</translation>
    </message>
    <message>
        <source>wgtray starts when you log in.</source>
        <translation>您登录时 wgtray 会启动。</translation>
    </message>
    <message>
        <source>wgtray's service does not answer</source>
        <translation>wgtray 的服务没有响应</translation>
    </message>
    <message>
        <source>wgtray's service is busy</source>
        <translation>wgtray 的服务正忙</translation>
    </message>
    <message>
        <source>wgtray's service is not running</source>
        <translation>wgtray 的服务未运行</translation>
    </message>
    <message>
        <source>wgtray's service is of another version</source>
        <translation>wgtray 的服务版本不同</translation>
    </message>
    <message>
        <source>wgtray's service went away</source>
        <translation>wgtray 的服务已消失</translation>
    </message>
    <message>
        <source>what you pasted</source>
        <translation>您粘贴的内容</translation>
    </message>
    <message>
        <source>wireguard-go is there, but the device /dev/net/tun is not, so no tunnel can be made.</source>
        <translation>有 wireguard-go，但没有设备 /dev/net/tun，因此无法建立隧道。</translation>
    </message>
    <message>
        <source>you are in the office</source>
        <translation>您在办公室</translation>
    </message>
    <message>
        <source>you are not connected</source>
        <translation>您未连接</translation>
    </message>
    <message>
        <source>you cannot {actions}</source>
        <translation>您不能：{actions}</translation>
    </message>
    <message>
        <source>you chose it</source>
        <translation>您选择了它</translation>
    </message>
    <message>
        <source>your company lets nothing past the tunnel</source>
        <translation>公司不允许任何流量绕过隧道</translation>
    </message>
    <message>
        <source>your own rule</source>
        <translation>您自己的规则</translation>
    </message>
    <message>
        <source>{address} goes {where} ({node}): {why}.</source>
        <translation>{address}：{where}（{node}），{why}。</translation>
    </message>
    <message>
        <source>{address} goes {where}: {why}.</source>
        <translation>{address}：{where}，{why}。</translation>
    </message>
    <message>
        <source>{app} can use the network again.</source>
        <translation>{app} 可以再次使用网络。</translation>
    </message>
    <message>
        <source>{app} never through the VPN</source>
        <translation>{app} 从不通过 VPN</translation>
    </message>
    <message>
        <source>{app} only through the VPN</source>
        <translation>{app} 仅通过 VPN</translation>
    </message>
    <message>
        <source>{app} was cut off: it may only use the VPN.</source>
        <translation>{app} 已被切断：它只能使用 VPN。</translation>
    </message>
    <message>
        <source>{app}'s service cannot be reached at {socket} ({code}). You cannot connect or see the nodes without it. Start it with "{start}" or "{by_hand}".</source>
        <translation>无法到达 {socket} 上的 {app} 服务（{code}）。没有它您无法连接或查看节点。请用 "{start}" 或 "{by_hand}" 启动。</translation>
    </message>
    <message>
        <source>{app}'s service closed the connection. You cannot connect or see the nodes until it is back. If it stays away, start it with "{start}".</source>
        <translation>{app} 的服务关闭了连接。在其恢复之前您无法连接或查看节点。如果一直没有恢复，请用 "{start}" 启动。</translation>
    </message>
    <message>
        <source>{app}'s service did not understand the request. Nothing was changed. Its version probably differs from this program's: update both.</source>
        <translation>{app} 的服务无法理解该请求。未做任何更改。其版本可能与本程序不同：请同时更新两者。</translation>
    </message>
    <message>
        <source>{app}'s service does not answer at {socket}. You cannot connect or see the nodes. Restart it with "{restart}".</source>
        <translation>{socket} 上的 {app} 服务没有响应。您无法连接或查看节点。请用 "{restart}" 重启。</translation>
    </message>
    <message>
        <source>{app}'s service has all the connections that it takes. You cannot connect or see the nodes until one ends. {app} tries again by itself; if this stays, look for a program that keeps asking the service.</source>
        <translation>{app} 的服务已达到连接上限。在有连接结束之前您无法连接或查看节点。{app} 会自动重试；如果仍然如此，请查找不断请求该服务的程序。</translation>
    </message>
    <message>
        <source>{app}'s service is busy with other requests. Nothing was changed. Try again in a moment.</source>
        <translation>{app} 的服务正忙于其他请求。未做任何更改。请稍后重试。</translation>
    </message>
    <message>
        <source>{app}'s service is not running (nothing answers at {socket}). You cannot connect or see the nodes without it. Start it with "{start}" or "{by_hand}".</source>
        <translation>{app} 的服务未运行（{socket} 上没有响应）。没有它您无法连接或查看节点。请用 "{start}" 或 "{by_hand}" 启动。</translation>
    </message>
    <message>
        <source>{app}'s service was not allowed to run {command}. It cannot set up the connection. Install {app} again, so that it runs as root; if this stays, send this sentence to your administrator.</source>
        <translation>{app} 的服务无权运行 {command}。它无法建立连接。请重新安装 {app}，使其以 root 身份运行；如果仍然如此，请将这句话发给您的管理员。</translation>
    </message>
    <message>
        <source>{company} lets nothing past the tunnel, not even the login page of this network. Nothing was changed. Use another network, or ask your administrator.</source>
        <translation>{company} 不允许任何流量绕过隧道，包括此网络的登录页面。未做任何更改。请使用其他网络，或咨询管理员。</translation>
    </message>
    <message numerus="yes">
        <source>{count} days</source>
        <translation>
            <numerusform>{count} 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} days ago</source>
        <translation>
            <numerusform>{count} 天前</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} hours</source>
        <translation>
            <numerusform>{count} 小时</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} minutes</source>
        <translation>
            <numerusform>{count} 分钟</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} more</source>
        <translation>
            <numerusform>还有 {count} 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} more: see them with "wgtray status".</source>
        <translation>
            <numerusform>还有 {count} 个：用 “wgtray status” 查看。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} of {total} nodes answer</source>
        <translation>
            <numerusform>{total} 个节点中有 {count} 个响应</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} running</source>
        <translation>
            <numerusform>{count} 个正在运行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} seconds</source>
        <translation>
            <numerusform>{count} 秒</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} things have to be mended.</source>
        <translation>
            <numerusform>有 {count} 项需要修复。</numerusform>
        </translation>
    </message>
    <message>
        <source>{detail} is a name of the company</source>
        <translation>{detail} 是公司的域名</translation>
    </message>
    <message>
        <source>{detail}: your addresses in the tunnel are of the other IP version</source>
        <translation>{detail}：您在隧道中的地址属于另一个 IP 版本</translation>
    </message>
    <message>
        <source>{file} cannot be read ({why}). Check the file, or ask your administrator for it again.</source>
        <translation>无法读取 {file}（{why}）。请检查该文件，或向管理员再次索取。</translation>
    </message>
    <message>
        <source>{file} cannot be saved ({why}). Choose a folder of yours.</source>
        <translation>无法保存 {file}（{why}）。请选择您自己的文件夹。</translation>
    </message>
    <message>
        <source>{file} cannot be used. Send this to your administrator:</source>
        <translation>{file} 无法使用。请将以下内容发给管理员：</translation>
    </message>
    <message>
        <source>{file} is too large to be a profile. Check that it is the right file.</source>
        <translation>{file} 太大，不是配置文件。请检查文件是否正确。</translation>
    </message>
    <message>
        <source>{from} stopped answering</source>
        <translation>{from} 停止响应</translation>
    </message>
    <message>
        <source>{from} was slow</source>
        <translation>{from} 速度慢</translation>
    </message>
    <message>
        <source>{host} did not tell whether there is a newer profile of your company. Nothing changes for you. There is nothing to do: {app} asks again.</source>
        <translation>{host} 没有说明公司是否有更新的配置。对您没有影响。无需任何操作：{app} 会再次询问。</translation>
    </message>
    <message>
        <source>{latency}, slow</source>
        <translation>{latency}，缓慢</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>{minutes} 分钟前</translation>
    </message>
    <message>
        <source>{moved}: {reason}</source>
        <translation>{moved}：{reason}</translation>
    </message>
    <message>
        <source>{moved}; apps noticed {ms} ms</source>
        <translation>{moved}；应用中断了 {ms} ms</translation>
    </message>
    <message>
        <source>{networks}; everything else goes directly</source>
        <translation>{networks}；其他内容直接连接</translation>
    </message>
    <message>
        <source>{nodes} and {last} are ready</source>
        <translation>{nodes} 和 {last} 已就绪</translation>
    </message>
    <message>
        <source>{node} answers again.</source>
        <translation>{node} 恢复响应。</translation>
    </message>
    <message>
        <source>{node} answers, but the company network behind it does not. While another node reaches it, your traffic goes there. There is nothing to do: {app} keeps trying {node}.</source>
        <translation>{node} 有响应，但其后的公司网络没有响应。只要另一个节点能到达，您的流量就走那里。无需操作：{app} 会继续尝试 {node}。</translation>
    </message>
    <message>
        <source>{node} does not answer</source>
        <translation>{node} 没有响应</translation>
    </message>
    <message>
        <source>{node} does not answer. While another node answers, nothing changes for you. There is nothing to do: {app} keeps trying.</source>
        <translation>{node} 没有响应。只要另一个节点有响应，对您就没有影响。无需操作：{app} 会继续尝试。</translation>
    </message>
    <message>
        <source>{node} is ready</source>
        <translation>{node} 已就绪</translation>
    </message>
    <message>
        <source>{node} is slow</source>
        <translation>{node} 缓慢</translation>
    </message>
    <message>
        <source>{node} is slow ({latency})</source>
        <translation>{node} 缓慢（{latency}）</translation>
    </message>
    <message>
        <source>{node} is slow{latency}. While a faster node answers, your traffic goes there. There is nothing to do: {app} keeps measuring.</source>
        <translation>{node} 缓慢{latency}。只要更快的节点有响应，您的流量就走那里。无需操作：{app} 会继续测量。</translation>
    </message>
    <message>
        <source>{node} is the last one</source>
        <translation>{node} 是最后一个</translation>
    </message>
    <message>
        <source>{node} stopped answering.</source>
        <translation>{node} 停止响应。</translation>
    </message>
    <message>
        <source>{number} h ago</source>
        <translation>{number} 小时前</translation>
    </message>
    <message>
        <source>{number} min ago</source>
        <translation>{number} 分钟前</translation>
    </message>
    <message>
        <source>{number} s ago</source>
        <translation>{number} 秒前</translation>
    </message>
    <message>
        <source>{path} is a directory of many programs. Nothing was changed, because the rule would catch them all. Name the directory of one application.</source>
        <translation>{path} 是包含许多程序的目录。未做任何更改，因为该规则会影响所有程序。请指定单个应用的目录。</translation>
    </message>
    <message>
        <source>{path} is a shell, an interpreter or a launcher that many programs share. Nothing was changed, because the rule would catch them all. Name the program itself or its start script, or use "wgtray run -- PROGRAM".</source>
        <translation>{path} 是许多程序共用的 shell、解释器或启动器。未做任何更改，因为该规则会影响所有程序。请指定程序本身或其启动脚本，或使用 “wgtray run -- PROGRAM”。</translation>
    </message>
    <message>
        <source>{path} is a tool that {app} itself needs. Nothing was changed. Name another program.</source>
        <translation>{path} 是 {app} 自身需要的工具。未做任何更改。请指定其他程序。</translation>
    </message>
    <message>
        <source>{path} is no absolute path of a program. Nothing was changed. Write it whole, from / on.</source>
        <translation>{path} 不是程序的绝对路径。未做任何更改。请从 / 开始写完整路径。</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>{program} ({path}) holds more files than one application has. The rule is not carried out. Name a smaller directory, or the program itself.</source>
        <translation>{program}（{path}）包含的文件多于一个应用。该规则不执行。请指定更小的目录或程序本身。</translation>
    </message>
    <message>
        <source>{program} ({path}) is a directory of many programs. The rule is not carried out, because it would catch them all. Name the directory of one application.</source>
        <translation>{program}（{path}）是包含许多程序的目录。该规则不执行，因为它会影响所有程序。请指定单个应用的目录。</translation>
    </message>
    <message>
        <source>{program} ({path}) is a shell, an interpreter or a launcher that many programs share. The rule is not carried out, because it would catch them all. Name the program itself or its start script, or use "wgtray run -- PROGRAM".</source>
        <translation>{program}（{path}）是许多程序共用的 shell、解释器或启动器。该规则不执行，因为它会影响所有程序。请指定程序本身或其启动脚本，或使用 “wgtray run -- PROGRAM”。</translation>
    </message>
    <message>
        <source>{program} ({path}) is a tool that {app} itself needs. The rule is not carried out. Name another program.</source>
        <translation>{program}（{path}）是 {app} 自身需要的工具。该规则不执行。请指定其他程序。</translation>
    </message>
    <message>
        <source>{program} could not be started.</source>
        <translation>无法启动 {program}。</translation>
    </message>
    <message>
        <source>{program} is no name for a rule. Nothing was changed. Use up to 64 printable characters.</source>
        <translation>{program} 不是有效的规则名称。未做任何更改。请使用最多 64 个可打印字符。</translation>
    </message>
    <message>
        <source>{program} was already running when its rule came into force. Its connections from before may still go past the tunnel; new ones do not. Quit {program} and start it again.</source>
        <translation>规则生效时 {program} 已在运行。它之前的连接仍可能绕过隧道，新连接不会。请退出 {program} 并重新启动。</translation>
    </message>
    <message>
        <source>{proto} {ports} goes {where}: port rule of {network}.</source>
        <translation>{proto} {ports}：{where}，{network} 的端口规则。</translation>
    </message>
    <message>
        <source>{reason}. There is nothing to do.</source>
        <translation>{reason}。无需操作。</translation>
    </message>
    <message>
        <source>{sentence}.</source>
        <translation>{sentence}。</translation>
    </message>
    <message>
        <source>{text} ({why})</source>
        <translation>{text}（{why}）</translation>
    </message>
    <message>
        <source>{title}: {text}</source>
        <translation>{title}：{text}</translation>
    </message>
    <message>
        <source>{value} is no IP address. Nothing was changed. Write it like 10.20.0.10 or fd20::10.</source>
        <translation>{value} 不是 IP 地址。未做任何更改。请写成 10.20.0.10 或 fd20::10 的形式。</translation>
    </message>
    <message>
        <source>↓ {down}   ↑ {up}</source>
        <translation>↓ {down}   ↑ {up}</translation>
    </message>
</context>
</TS>
